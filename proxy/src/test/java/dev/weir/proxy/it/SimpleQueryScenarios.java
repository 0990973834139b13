package dev.weir.proxy.it;

import static dev.weir.proxy.testkit.Frontend.copyData;
import static dev.weir.proxy.testkit.Frontend.copyDone;
import static dev.weir.proxy.testkit.Frontend.copyFail;
import static dev.weir.proxy.testkit.Frontend.functionCall;
import static dev.weir.proxy.testkit.Frontend.query;
import static dev.weir.proxy.testkit.Frontend.sync;

import java.util.List;

/// Conversations of the simple query, COPY and function call sub-protocols ("Message Flow" of PostgreSQL's manual).
final class SimpleQueryScenarios {
    private static final int INT4PL = 177;
    private static final String COPY_IN = "BEGIN; CREATE TEMP TABLE c (n int) ON COMMIT DROP; COPY c FROM STDIN";

    private SimpleQueryScenarios() {}

    static final List<Scenario> ALL = List.of(
            Scenario.of("one row", c -> c.query("SELECT 1, 'two', NULL")),
            Scenario.of("several statements in one Query", c -> c.query("SELECT 1; SELECT 2; SELECT 3")),
            Scenario.of("empty Query", c -> c.query("")),
            Scenario.of("Query of a comment", c -> c.query("-- nothing")),
            Scenario.of("error", c -> c.query("SELECT 1/0")),
            Scenario.of("syntax error with a position", c -> c.query("SELEKT 1")),
            Scenario.of("error in the middle of several statements", c -> c.query("SELECT 1; SELECT 1/0; SELECT 2")),
            Scenario.of(
                    "error with detail and hint",
                    c -> c.query("DO $$ BEGIN RAISE EXCEPTION 'text' USING DETAIL = 'the detail', HINT = 'the hint',"
                            + " ERRCODE = 'AB123', TABLE = 't'; END $$")),
            Scenario.of(
                    "notices before the answer",
                    c -> c.query("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two';" + " END $$")),
            Scenario.of("bytes of other alphabets", c -> c.query("SELECT 'жλ漢🐘'")),
            Scenario.of("no columns", c -> c.query("SELECT")),
            Scenario.of("pipelined Queries", c -> {
                c.send(query("SELECT 1"), query("SELECT 1/0"), query(""), query("SELECT 2"));
                c.readUntilReady(4);
            }),
            Scenario.inTransaction("transaction", c -> {
                c.query("BEGIN");
                c.query("SELECT 1");
                c.query("COMMIT");
            }),
            Scenario.inTransaction("failed transaction", c -> {
                c.query("BEGIN");
                c.query("SELECT 1/0");
                c.query("SELECT 1");
                c.query("COMMIT");
            }),
            Scenario.inTransaction("implicit transaction left open by BEGIN", c -> {
                c.query("SELECT 1; BEGIN; SELECT 2");
                c.query("ROLLBACK");
            }),
            Scenario.inTransaction("COMMIT AND CHAIN stays in a transaction", c -> {
                c.query("BEGIN");
                c.query("COMMIT AND CHAIN");
                c.query("ROLLBACK");
            }),
            Scenario.inTransaction("pipelined transactions", c -> {
                c.send(query("BEGIN"), query("SELECT 1"), query("COMMIT"), query("BEGIN"), query("ROLLBACK"));
                c.readUntilReady(5);
            }),
            Scenario.inTransaction("SQL cursor", c -> {
                c.query("BEGIN; DECLARE k CURSOR FOR SELECT generate_series(1, 10)");
                c.query("FETCH 3 FROM k");
                c.query("MOVE 2 IN k; FETCH ALL k");
                c.query("COMMIT");
            }),
            Scenario.inTransaction("savepoints", c -> {
                c.query("BEGIN; SAVEPOINT s");
                c.query("SELECT 1/0");
                c.query("ROLLBACK TO s");
                c.query("COMMIT");
            }),
            Scenario.inTransaction("reported parameter changed and put back", c -> {
                c.query("BEGIN; SET LOCAL DateStyle = 'German'");
                c.query("SELECT DATE '2020-02-01'");
                c.query("COMMIT");
                c.query("SELECT DATE '2020-02-01'");
            }),
            Scenario.inTransaction("COPY from the client", c -> {
                c.send(query(COPY_IN));
                c.readUntil('G');
                c.send(copyData("1\n2\n"), copyData("3\n"), copyDone());
                c.readUntilReady();
                c.query("SELECT sum(n) FROM c");
                c.query("COMMIT");
            }),
            Scenario.inTransaction("COPY from the client sent ahead of its answer", c -> {
                c.send(query(COPY_IN), copyData("1\n2"), copyData("\n"), copyDone(), query("COMMIT"));
                c.readUntilReady(2);
            }),
            Scenario.inTransaction("COPY given up by the client", c -> {
                c.send(query(COPY_IN), copyData("1\n"), copyFail("changed my mind"), query("ROLLBACK"));
                c.readUntilReady(2);
            }),
            Scenario.inTransaction("COPY refused at once, its data comes late", c -> {
                c.send(query("COPY no_such_table FROM STDIN"), copyData("1\n"), copyDone(), query("SELECT 1"));
                c.readUntilReady(2);
            }),
            Scenario.inTransaction("COPY refused for a bad row, the rest comes late", c -> {
                c.send(query(COPY_IN), copyData("x\n"));
                c.readUntilReady();
                c.send(copyData("2\n"), copyFail("late"), copyDone(), query("ROLLBACK"));
                c.readUntilReady();
            }),
            Scenario.inTransaction("COPY with Sync and Flush among its data", c -> {
                c.send(query(COPY_IN), copyData("1\n"), sync(), sync(), copyData("2\n"), copyDone());
                c.readUntilReady();
                c.query("ROLLBACK");
            }),
            Scenario.inTransaction("COPY followed by more statements", c -> {
                c.send(query(
                        "BEGIN; CREATE TEMP TABLE c (n int) ON COMMIT DROP; COPY c FROM STDIN; SELECT sum(n) FROM c"));
                c.readUntil('G');
                c.send(copyData("20\n22\n"), copyDone());
                c.readUntilReady();
                c.query("ROLLBACK");
            }),
            Scenario.inTransaction("two COPY in one Query", c -> {
                c.send(query(
                        "BEGIN; CREATE TEMP TABLE c (n int) ON COMMIT DROP; COPY c FROM STDIN; COPY c FROM STDIN"));
                c.readUntil('G');
                c.send(copyData("1\n"), copyDone());
                c.readUntil('G');
                c.send(copyData("2\n"), copyDone());
                c.readUntilReady();
                c.query("ROLLBACK");
            }),
            Scenario.of("COPY to the client", c -> c.query("COPY (SELECT generate_series(1, 5)) TO STDOUT")),
            Scenario.of("COPY to the client in binary", c -> c.query("COPY (SELECT 1, 'x') TO STDOUT (FORMAT binary)")),
            Scenario.of(
                    "COPY to the client that fails half-way",
                    c -> c.query("COPY (SELECT 10 / (3 - n) FROM generate_series(1, 5) n) TO STDOUT")),
            Scenario.of("COPY messages outside of a COPY", c -> {
                c.send(copyData("stray"), copyDone(), copyFail("stray"), query("SELECT 1"));
                c.readUntilReady();
            }),
            Scenario.of("FunctionCall", c -> {
                c.send(functionCall(INT4PL, "40", "2"));
                c.readUntilReady();
            }),
            Scenario.of("FunctionCall of no function", c -> {
                c.send(functionCall(1, "40"));
                c.readUntilReady();
            }),
            Scenario.of("FunctionCall with a bad argument, then a good one", c -> {
                c.send(functionCall(INT4PL, "x", "2"), functionCall(INT4PL, "1", "1"));
                c.readUntilReady(2);
            }),
            Scenario.bulky(
                    "many rows", c -> c.query("SELECT n, repeat('x', n % 300) FROM generate_series(1, 20000) n")),
            Scenario.bulky("one large row", c -> c.query("SELECT repeat('large', 1000000)")),
            Scenario.bulky("one large statement", c -> c.query("SELECT length('" + "y".repeat(3_000_000) + "')")),
            Scenario.bulky("large COPY both ways", c -> {
                c.query("BEGIN; CREATE TEMP TABLE c (t text) ON COMMIT DROP");
                c.send(query("COPY c FROM STDIN"));
                c.readUntil('G');
                for (int i = 0; i < 200; i++) {
                    c.send(copyData(("row " + i + " " + "z".repeat(20_000) + "\n")));
                }
                c.send(copyDone());
                c.readUntilReady();
                c.query("COPY c TO STDOUT");
                c.query("COMMIT");
            }));
}
