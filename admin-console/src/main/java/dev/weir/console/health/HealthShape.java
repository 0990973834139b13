package dev.weir.console.health;

import dev.weir.console.json.JsonShape;
import java.util.Arrays;

/// How health looks in JSON.
public final class HealthShape {

    private static final JsonShape<DatabaseHealth> DATABASE = JsonShape.<DatabaseHealth>of("DatabaseHealth")
            .text("database", "its name", DatabaseHealth::database)
            .choice(
                    "status",
                    "how it is doing",
                    Arrays.stream(Health.values()).map(Health::text).toList(),
                    d -> d.health().text())
            .optionalText("reason", "why it is so; null when there is nothing to tell", DatabaseHealth::reason)
            .integer("servers_connected", "servers of all its pools", DatabaseHealth::serversConnected)
            .integer("servers_busy", "those that serve", DatabaseHealth::serversBusy)
            .integer("clients_waiting", "clients in line for a server", DatabaseHealth::clientsWaiting)
            .seconds("max_wait_seconds", "how long the first of them has waited", DatabaseHealth::longestWaitNanos);

    /// To whom may know: the whole, and every database.
    public static final JsonShape<Readiness> FULL =
            brief("Readiness").list("databases", "by name", DATABASE, Readiness::databases);

    /// To everybody: the whole in a word.
    public static final JsonShape<Readiness> BRIEF = brief("Status");

    private HealthShape() {}

    private static JsonShape<Readiness> brief(String name) {
        return JsonShape.<Readiness>of(name)
                .choice("status", "how it is doing altogether", Readiness.STATUSES, Readiness::status);
    }
}
