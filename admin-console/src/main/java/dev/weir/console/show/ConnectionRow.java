package dev.weir.console.show;

import dev.weir.console.port.ClientSnapshot;
import dev.weir.console.port.ClientState;
import dev.weir.console.port.ConnectionSnapshot;
import dev.weir.console.port.ServerSnapshot;
import dev.weir.console.port.ServerState;
import dev.weir.console.table.TableShape;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// One connection of either side, as `SHOW CLIENTS`, `SERVERS` and `SOCKETS` show it.
///
/// @param type `C` for a client, `S` for a server
/// @param state the state's name in this table
/// @param connection who and where it is
record ConnectionRow(String type, String state, ConnectionSnapshot connection) {

    /// The columns of `SHOW CLIENTS` and `SHOW SERVERS`.
    static final TableShape<ConnectionRow> STANDARD = TableShape.<ConnectionRow>empty()
            .text("type", "C for a client, S for a server", ConnectionRow::type)
            .text("user", "login user", r -> r.connection.user())
            .text("database", "database as clients name it", r -> r.connection.database())
            .text("replication", "none, logical or physical", r -> Rows.lower(r.connection.replication()))
            .text(
                    "state",
                    "clients: active (has a server), idle, waiting, active_cancel_req (carries a cancel request); "
                            + "servers: active, idle, used (must pass a check), tested (check or reset), new (logs "
                            + "in), being_canceled (comes to rest)",
                    ConnectionRow::state)
            .text(
                    "addr",
                    "address of the other end; unix for a Unix socket",
                    r -> r.connection.peer().address())
            .int4("port", "port of the other end", r -> r.connection.peer().port())
            .text("local_addr", "address of this end", r -> r.connection.local().address())
            .int4("local_port", "port of this end", r -> r.connection.local().port())
            .timestamp("connect_time", "when it was made", r -> r.connection.connectTimeEpochMicros())
            .timestamp(
                    "request_time",
                    "when its latest request began; before the first when it was made",
                    r -> requestTime(r.connection))
            .int4(
                    "wait",
                    "seconds the running request has lasted, time in line included",
                    r -> Rows.seconds(r.connection.waitNanos()))
            .int4("wait_us", "microseconds beyond those seconds", r -> Rows.microsOfSecond(r.connection.waitNanos()))
            .flag("close_needed", "1 when it is closed as soon as it is released", r -> r.connection.closeNeeded())
            .text("ptr", "unique name of this connection", r -> pointer(r.connection.id()))
            .text(
                    "link",
                    "ptr of the connection at the other side; empty when there is none",
                    r -> link(r.connection.linkId()))
            .int4("remote_pid", "process id of the other end, if known", r -> r.connection.remotePid())
            .text("tls", "TLS protocol and cipher; empty without TLS", r -> r.connection.tls())
            .text("application_name", "current application_name", r -> r.connection.applicationName())
            .int4("prepared_statements", "prepared statements that it knows of", r -> r.connection.preparedStatements())
            .int4("id", "number of this connection; what KILL_CLIENT takes", r -> r.connection.id());

    /// The columns of `SHOW SOCKETS`: those above and bytes in flight.
    static final TableShape<ConnectionRow> SOCKETS = STANDARD.int4(
                    "recv_pos", "bytes of the read buffer already consumed; always 0 here", _ -> 0)
            .int4("pkt_pos", "start of the message in the read buffer; always 0 here", _ -> 0)
            .int4(
                    "pkt_remain",
                    "bytes still to come of the message that passes through",
                    r -> r.connection.buffers().messageRemainingBytes())
            .int4("send_pos", "bytes of the write buffer already sent; always 0 here", _ -> 0)
            .int4(
                    "send_remain",
                    "bytes written, not yet taken by the kernel",
                    r -> r.connection.buffers().pendingSendBytes())
            .int4(
                    "pkt_avail",
                    "bytes read, not yet parsed",
                    r -> r.connection.buffers().receivedBytes())
            .int4(
                    "send_avail",
                    "bytes of the current message ready to be sent",
                    r -> Math.min(
                            r.connection.buffers().messageRemainingBytes(),
                            r.connection.buffers().receivedBytes()));

    static ConnectionRow of(ClientSnapshot client) {
        return new ConnectionRow("C", Rows.lower(client.state()), client.connection());
    }

    static ConnectionRow of(ServerSnapshot server) {
        String state = server.state() == ServerState.LOGIN ? "new" : Rows.lower(server.state());
        return new ConnectionRow("S", state, server.connection());
    }

    /// Clients, then servers, with the states of `SHOW SOCKETS`.
    static List<ConnectionRow> sockets(List<ClientSnapshot> clients, List<ServerSnapshot> servers) {
        return Stream.concat(
                        clients.stream()
                                .sorted(Comparator.comparingLong(
                                        c -> c.connection().id()))
                                .map(c -> new ConnectionRow("C", "cl_" + socketState(c.state()), c.connection())),
                        servers.stream()
                                .sorted(Comparator.comparingLong(
                                        s -> s.connection().id()))
                                .map(s -> new ConnectionRow("S", "sv_" + Rows.lower(s.state()), s.connection())))
                .toList();
    }

    private static long requestTime(ConnectionSnapshot connection) {
        return connection.requestTimeEpochMicros() == 0
                ? connection.connectTimeEpochMicros()
                : connection.requestTimeEpochMicros();
    }

    /// The name of a socket's state in PgBouncer, to which idle clients are active ones without a server.
    private static String socketState(ClientState state) {
        return Rows.lower(state == ClientState.IDLE ? ClientState.ACTIVE : state);
    }

    static boolean loggedIn(ClientSnapshot client) {
        return client.state() != ClientState.LOGIN;
    }

    private static String pointer(long id) {
        return String.format(Locale.ROOT, "0x%012x", id);
    }

    private static String link(long id) {
        return id == 0 ? "" : pointer(id);
    }
}
