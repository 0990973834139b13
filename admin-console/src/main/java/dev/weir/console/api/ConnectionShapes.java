package dev.weir.console.api;

import dev.weir.console.json.JsonShape;
import dev.weir.console.port.ClientSnapshot;
import dev.weir.console.port.ClientState;
import dev.weir.console.port.ConnectionSnapshot;
import dev.weir.console.port.ReplicationMode;
import dev.weir.console.port.ServerSnapshot;
import dev.weir.console.port.ServerState;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// How clients and servers look in JSON.
final class ConnectionShapes {

    static final List<String> CLIENT_STATES = names(ClientState.values());
    static final List<String> SERVER_STATES = names(ServerState.values());

    static final JsonShape<ClientSnapshot> CLIENT = common(
            JsonShape.<ClientSnapshot>of("Client")
                    .choice("state", "what it does", CLIENT_STATES, c -> lower(c.state())),
            ClientSnapshot::connection,
            "id of the server that serves it; 0 when there is none");

    static final JsonShape<ServerSnapshot> SERVER = common(
                    JsonShape.<ServerSnapshot>of("Server")
                            .choice("state", "what it does", SERVER_STATES, s -> lower(s.state())),
                    ServerSnapshot::connection,
                    "id of the client that it serves; 0 when there is none")
            .flag(
                    "close_needed",
                    "is closed as soon as it is released",
                    s -> s.connection().closeNeeded());

    private ConnectionShapes() {}

    private static <T> JsonShape<T> common(
            JsonShape<T> shape, Function<T, ConnectionSnapshot> connection, String linkMeaning) {
        return shape.integer(
                        "id",
                        "number of this connection",
                        c -> connection.apply(c).id())
                .integer("link_id", linkMeaning, c -> connection.apply(c).linkId())
                .optionalText(
                        "database",
                        "database as clients name it; null until it is known",
                        c -> connection.apply(c).database())
                .optionalText(
                        "user",
                        "login user; null until it is known",
                        c -> connection.apply(c).user())
                .text(
                        "application_name",
                        "its application_name",
                        c -> connection.apply(c).applicationName())
                .text(
                        "address",
                        "the other end; unix for a Unix socket",
                        c -> connection.apply(c).peer().address())
                .integer(
                        "port",
                        "the port there",
                        c -> connection.apply(c).peer().port())
                .choice(
                        "replication",
                        "whether it speaks the replication protocol",
                        names(ReplicationMode.values()),
                        c -> lower(connection.apply(c).replication()))
                .epochMicros(
                        "connected_at",
                        "when it was made",
                        c -> connection.apply(c).connectTimeEpochMicros())
                .epochMicros(
                        "request_at",
                        "when its latest request began; null when there was none",
                        c -> connection.apply(c).requestTimeEpochMicros())
                .seconds(
                        "request_seconds",
                        "how long the running request has lasted, time in line included; 0 when none runs",
                        c -> connection.apply(c).waitNanos())
                .integer(
                        "remote_pid",
                        "process id of the other end; 0 when unknown",
                        c -> connection.apply(c).remotePid())
                .text(
                        "tls",
                        "protocol and cipher; empty without TLS",
                        c -> connection.apply(c).tls())
                .integer(
                        "prepared_statements",
                        "prepared statements that it knows of",
                        c -> connection.apply(c).preparedStatements());
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(ConnectionShapes::lower).toList();
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
