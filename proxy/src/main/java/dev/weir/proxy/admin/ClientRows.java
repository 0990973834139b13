package dev.weir.proxy.admin;

import dev.weir.console.port.BufferSnapshot;
import dev.weir.console.port.ClientSnapshot;
import dev.weir.console.port.ClientState;
import dev.weir.console.port.ConnectionSnapshot;
import dev.weir.console.port.ReplicationMode;
import dev.weir.proxy.client.ClientLogin;
import dev.weir.proxy.client.ClientRegistry;
import dev.weir.proxy.client.ClientSession;
import dev.weir.proxy.client.ReplicationSession;
import dev.weir.proxy.net.PeerIdentity;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.tls.TlsSession;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The rows of `SHOW CLIENTS`, console sessions among them, and those that still log in.
final class ClientRows {

    private final ClientRegistry clients;
    private final LoopSurvey survey;

    ClientRows(ClientRegistry clients, LoopSurvey survey) {
        this.clients = clients;
        this.survey = survey;
    }

    CompletionStage<List<ClientSnapshot>> read() {
        return survey.list(this::ofLoop);
    }

    private List<ClientSnapshot> ofLoop(Worker worker) {
        long nowNanos = System.nanoTime();
        List<ClientSnapshot> rows = new ArrayList<>();
        clients.sessions(worker).forEach(session -> rows.add(row(session, nowNanos)));
        clients.replications(worker).forEach(session -> rows.add(row(session, nowNanos)));
        clients.logins(worker).forEach(login -> rows.add(row(ClientState.LOGIN, login)));
        clients.cancelRequests(worker).forEach(request -> rows.add(row(ClientState.ACTIVE_CANCEL_REQ, request)));
        // A console session has no server, which PgBouncer calls idle.
        clients.consoleLogins(worker).forEach(login -> rows.add(row(ClientState.IDLE, login)));
        return rows;
    }

    private static ClientSnapshot row(ClientSession session, long nowNanos) {
        ClientState state = switch (session.state()) {
            case LINKED -> ClientState.ACTIVE;
            case WAITING -> ClientState.WAITING;
            case IDLE, MOVING, CLOSED -> ClientState.IDLE;
        };
        ServerConnection server = session.server();
        Endpoints.Pair ends = Endpoints.ofClient(session.remoteAddress(), session.localAddress());
        return new ClientSnapshot(
                state,
                new ConnectionSnapshot(
                        session.login().id(),
                        server == null ? 0 : server.id(),
                        session.login().user(),
                        session.login().database().name(),
                        ReplicationMode.NONE,
                        ends.peer(),
                        ends.local(),
                        session.login().connectedMillis() * 1000,
                        session.clock().requestMillis() * 1000,
                        session.clock().queryAgeNanos(nowNanos),
                        false,
                        PeerIdentity.pidIn(session.login().address()),
                        described(session.login().tls()),
                        session.applicationName(),
                        session.preparedStatements(),
                        Buffers.of(session.inFlight())));
    }

    private static ClientSnapshot row(ReplicationSession session, long nowNanos) {
        Channel channel = session.channel();
        Endpoints.Pair ends = Endpoints.ofClient(PeerIdentity.addressOf(channel), channel.localAddress());
        String name = session.login().settings().find("application_name");
        return new ClientSnapshot(
                ClientState.ACTIVE,
                new ConnectionSnapshot(
                        session.login().id(),
                        session.server().id(),
                        session.login().user(),
                        session.login().database().name(),
                        ReplicationMode.valueOf(session.replication().name()),
                        ends.peer(),
                        ends.local(),
                        session.login().connectedMillis() * 1000,
                        session.clock().requestMillis() * 1000,
                        session.clock().queryAgeNanos(nowNanos),
                        session.server().release().isCloseNeeded(),
                        PeerIdentity.pidIn(session.login().address()),
                        described(session.login().tls()),
                        name == null ? "" : name,
                        0,
                        BufferSnapshot.EMPTY));
    }

    private static String described(@Nullable TlsSession tls) {
        return tls == null ? "" : tls.description();
    }

    private static ClientSnapshot row(ClientState state, ClientLogin login) {
        Endpoints.Pair ends = Endpoints.ofClient(
                PeerIdentity.addressOf(login.channel()), login.channel().localAddress());
        return new ClientSnapshot(
                state,
                new ConnectionSnapshot(
                        login.id(),
                        0,
                        login.user(),
                        login.databaseName(),
                        ReplicationMode.valueOf(login.replication().name()),
                        ends.peer(),
                        ends.local(),
                        login.connectedMillis() * 1000,
                        0,
                        0,
                        false,
                        PeerIdentity.pidIn(PeerIdentity.describe(login.channel())),
                        described(login.tls()),
                        "",
                        0,
                        BufferSnapshot.EMPTY));
    }
}
