package dev.weir.proxy.server;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.stats.PoolCounters;
import dev.weir.proxy.wire.PgError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what a server connection tells its pool. */
final class FakeOwner implements ServerOwner {

    final List<String> events = new ArrayList<>();
    String resetQuery = "";

    @Nullable
    String closeReason;

    @Nullable
    FunctionSurvey survey;

    private final Worker worker;
    private final PoolCounters counters = new PoolCounters();

    FakeOwner(Worker worker) {
        this.worker = worker;
    }

    @Override
    public Worker worker() {
        return worker;
    }

    @Override
    public ServerRules rules() {
        return new ServerRules(
                resetQuery,
                false,
                "select 1",
                true,
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofHours(1),
                Duration.ofMinutes(10),
                Duration.ofSeconds(10),
                200);
    }

    @Override
    public PoolCounters counters() {
        return counters;
    }

    @Override
    public void onStateChanged(ServerConnection server, ServerState before) {
        events.add(before + "-" + server.state());
    }

    @Override
    public void onServerLoggedIn(ServerConnection server) {
        events.add("logged in");
    }

    @Override
    public void onServerFree(ServerConnection server) {
        events.add("free");
    }

    @Override
    public @Nullable FunctionSurvey surveyDue() {
        FunctionSurvey due = survey;
        survey = null;
        return due;
    }

    @Override
    public @Nullable String closeReason(ServerConnection server) {
        return closeReason;
    }

    @Override
    public void onServerClosed(
            ServerConnection server, @Nullable PgError loginError, boolean failedToOpen, String reason) {
        events.add("closed: " + reason + (loginError == null ? "" : " " + loginError.sqlState())
                + (failedToOpen ? " (never open)" : ""));
    }
}
