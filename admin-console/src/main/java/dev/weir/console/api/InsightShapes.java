package dev.weir.console.api;

import dev.weir.console.json.JsonShape;
import dev.weir.console.port.BlockerSnapshot;
import dev.weir.console.port.BlockerState;
import dev.weir.console.port.QuerySnapshot;
import dev.weir.console.port.SlowQuerySnapshot;

/// How statements and those who hold servers look in JSON.
final class InsightShapes {

    static final JsonShape<QuerySnapshot> QUERY = JsonShape.<QuerySnapshot>of("Query")
            .text("database", "database as clients name it", QuerySnapshot::database)
            .text("user", "user that logs in to the servers", QuerySnapshot::user)
            .text("query_id", "number of the statement, whatever constants it has", QuerySnapshot::id)
            .text("query", "its text, $1, $2 … in place of constants", QuerySnapshot::text)
            .integer("calls", "how often it was executed", QuerySnapshot::calls)
            .seconds("total_seconds", "time that took servers", QuerySnapshot::totalNanos)
            .seconds("mean_seconds", "time per execution", QuerySnapshot::meanNanos)
            .seconds("p95_seconds", "95 of 100 took no longer, estimated", QuerySnapshot::p95Nanos)
            .seconds("max_seconds", "the longest", QuerySnapshot::maxNanos)
            .seconds(
                    "wait_seconds",
                    "time in line for a server, which is no part of the others",
                    QuerySnapshot::waitNanos)
            .integer("errors", "errors that PostgreSQL has answered with", QuerySnapshot::errors)
            .integer("rows", "rows sent or changed", QuerySnapshot::rows)
            .integer("received_bytes", "message bytes that servers got", QuerySnapshot::receivedBytes)
            .integer("sent_bytes", "message bytes that servers sent", QuerySnapshot::sentBytes)
            .epochMicros("first_call_at", "when the first one began", QuerySnapshot::firstEpochMicros)
            .epochMicros("last_call_at", "when the last one began", QuerySnapshot::lastEpochMicros);

    static final JsonShape<SlowQuerySnapshot> SLOW = JsonShape.<SlowQuerySnapshot>of("SlowQuery")
            .epochMicros("started_at", "when it began", SlowQuerySnapshot::startedEpochMicros)
            .text("database", "database as clients name it", SlowQuerySnapshot::database)
            .text("user", "user that logs in to the servers", SlowQuerySnapshot::user)
            .integer("client_id", "the client's id", SlowQuerySnapshot::clientId)
            .text("client_address", "where the client is", q -> q.client().address())
            .integer("client_port", "its port", q -> q.client().port())
            .text("application_name", "its application_name", SlowQuerySnapshot::applicationName)
            .integer("server_pid", "process id of the server", SlowQuerySnapshot::serverPid)
            .seconds("seconds", "time that it took the server", SlowQuerySnapshot::servedNanos)
            .seconds("wait_seconds", "time in line for the server before that", SlowQuerySnapshot::waitedNanos)
            .integer("rows", "rows sent or changed", SlowQuerySnapshot::rows)
            .flag("failed", "it ended with an error, or its client left", SlowQuerySnapshot::failed)
            .text("query", "its text; empty if it is not known", SlowQuerySnapshot::text);

    static final JsonShape<BlockerSnapshot> BLOCKER = JsonShape.<BlockerSnapshot>of("Blocker")
            .text("database", "database as clients name it", BlockerSnapshot::database)
            .text("user", "user that logs in to the server", BlockerSnapshot::user)
            .integer("client_id", "the client's id", BlockerSnapshot::clientId)
            .text("client_address", "where the client is", b -> b.client().address())
            .integer("client_port", "its port", b -> b.client().port())
            .text("application_name", "its application_name", BlockerSnapshot::applicationName)
            .integer("server_pid", "process id of the server that it has", BlockerSnapshot::serverPid)
            .choice(
                    "state",
                    "what it does with it",
                    BlockerState.texts(),
                    b -> b.state().text())
            .seconds("state_seconds", "for how long", BlockerSnapshot::stateNanos)
            .seconds(
                    "transaction_seconds",
                    "how long its transaction is open; 0 if none is",
                    BlockerSnapshot::transactionNanos)
            .epochMicros("since", "since when it has the server", BlockerSnapshot::sinceEpochMicros)
            .seconds("held_seconds", "how long that is", BlockerSnapshot::heldNanos)
            .flag(
                    "leaking",
                    "it is silent in a transaction for leak_detection_threshold or longer",
                    BlockerSnapshot::leaking)
            .text(
                    "pinned_by",
                    "why it keeps the server between transactions; empty if it does not",
                    BlockerSnapshot::reason)
            .integer(
                    "waiting_clients", "clients in line for a server of the same pool", BlockerSnapshot::waitingClients)
            .text("last_query", "what it executed last; empty if that is not known", BlockerSnapshot::statement);

    private InsightShapes() {}
}
