package dev.weir.proxy.it;

import static dev.weir.proxy.testkit.Frontend.bind;
import static dev.weir.proxy.testkit.Frontend.closePortal;
import static dev.weir.proxy.testkit.Frontend.closeStatement;
import static dev.weir.proxy.testkit.Frontend.copyData;
import static dev.weir.proxy.testkit.Frontend.copyDone;
import static dev.weir.proxy.testkit.Frontend.copyFail;
import static dev.weir.proxy.testkit.Frontend.describePortal;
import static dev.weir.proxy.testkit.Frontend.describeStatement;
import static dev.weir.proxy.testkit.Frontend.execute;
import static dev.weir.proxy.testkit.Frontend.flush;
import static dev.weir.proxy.testkit.Frontend.parse;
import static dev.weir.proxy.testkit.Frontend.query;
import static dev.weir.proxy.testkit.Frontend.sync;
import static dev.weir.proxy.testkit.Frontend.unnamed;

import java.util.List;

/// Conversations of the extended query sub-protocol, pipelines and errors in them included.
final class ExtendedQueryScenarios {
    private static final int INT4 = 23;

    private ExtendedQueryScenarios() {}

    static final List<Scenario> ALL = List.of(
            Scenario.of("unnamed statement", c -> c.extended("SELECT $1::int + 1, $2::text", "41", null)),
            Scenario.of("empty statement", c -> c.extended("")),
            Scenario.of("statement without a result", c -> c.extended("SET LOCAL work_mem = '1MB'")),
            Scenario.of("Sync alone", c -> {
                c.send(sync());
                c.readUntilReady();
            }),
            Scenario.of("several Syncs", c -> {
                c.send(sync(), sync(), sync());
                c.readUntilReady(3);
            }),
            Scenario.of("Flush alone, then Sync", c -> {
                c.send(flush(), flush(), sync());
                c.readUntilReady();
            }),
            Scenario.of("Flush brings the answers before the Sync", c -> {
                c.send(unnamed("SELECT 1"), flush());
                c.expect("12TDC");
                c.send(sync());
                c.readUntilReady();
            }),
            Scenario.of("a statement step by step", c -> {
                c.send(parse("", "SELECT $1::int", INT4), flush());
                c.expect("1");
                c.send(describeStatement(""), flush());
                c.expect("tT");
                c.send(bind("", "", "5"), flush());
                c.expect("2");
                c.send(describePortal(""), execute("", 0), flush());
                c.expect("TDC");
                c.send(sync());
                c.readUntilReady();
            }),
            Scenario.of("named statement used twice and closed", c -> {
                c.send(parse("s1", "SELECT $1::int * 2", INT4), describeStatement("s1"), sync());
                c.readUntilReady();
                c.send(bind("", "s1", "4"), execute("", 0), bind("", "s1", "5"), execute("", 0), sync());
                c.readUntilReady();
                c.send(closeStatement("s1"), sync());
                c.readUntilReady();
                c.send(bind("", "s1", "6"), execute("", 0), sync());
                c.readUntilReady();
            }),
            Scenario.of("statement name in use", c -> {
                c.send(parse("twice", "SELECT 1"), sync(), parse("twice", "SELECT 2"), sync());
                c.readUntilReady(2);
                c.send(bind("", "twice"), execute("", 0), closeStatement("twice"), sync());
                c.readUntilReady();
            }),
            Scenario.of("unknown statement and portal", c -> {
                c.send(describeStatement("nobody"), sync(), bind("", "nobody"), sync(), execute("nothing", 0), sync());
                c.send(describePortal("nothing"), sync(), closeStatement("nobody"), closePortal("nothing"), sync());
                c.readUntilReady(5);
            }),
            Scenario.of("Parse that fails, everything up to Sync is skipped", c -> {
                c.send(parse("bad", "SELEKT"), describeStatement("bad"), bind("", "bad"), execute("", 0), sync());
                c.send(unnamed("SELECT 1"), sync());
                c.readUntilReady(2);
            }),
            Scenario.of("failed Parse leaves its name free", c -> {
                c.send(parse("name", "SELEKT"), sync(), parse("name", "SELECT 7"), bind("", "name"), execute("", 0));
                c.send(closeStatement("name"), sync());
                c.readUntilReady(2);
            }),
            Scenario.of("Bind that fails", c -> {
                c.send(parse("", "SELECT $1::int"), bind("", "", "no number"), execute("", 0), sync());
                c.readUntilReady();
            }),
            Scenario.of("Execute that fails after rows", c -> {
                c.send(unnamed("SELECT 10 / (3 - n) FROM generate_series(1, 5) n"), unnamed("SELECT 1"), sync());
                c.readUntilReady();
            }),
            Scenario.of("pipeline of several Syncs with an error in the middle", c -> {
                c.send(unnamed("SELECT 1"), sync(), unnamed("SELECT 1/0"), unnamed("SELECT 2"), sync());
                c.send(unnamed("SELECT 3"), sync(), unnamed("SELECT 4"), flush(), sync());
                c.readUntilReady(4);
            }),
            Scenario.of("Flush behind an error brings nothing", c -> {
                c.send(unnamed("SELECT 1/0"), flush(), unnamed("SELECT 1"), flush(), sync());
                c.readUntilReady();
            }),
            Scenario.inTransaction("Query within an extended pipeline", c -> {
                c.send(unnamed("SELECT 1"), query("SELECT 2"), unnamed("SELECT 3"), sync());
                c.readUntilReady(2);
            }),
            Scenario.of("Query behind an error before the Sync is skipped", c -> {
                c.send(unnamed("SELECT 1/0"), query("SELECT 2"), sync(), query("SELECT 3"));
                c.readUntilReady(2);
            }),
            Scenario.inTransaction("transaction in a pipeline", c -> {
                c.send(unnamed("BEGIN"), unnamed("SELECT 1"), unnamed("COMMIT"), sync());
                c.readUntilReady();
            }),
            Scenario.inTransaction("transaction over several Syncs", c -> {
                c.send(unnamed("BEGIN"), sync(), unnamed("SELECT 1"), sync(), unnamed("COMMIT"), sync());
                c.readUntilReady(3);
            }),
            Scenario.inTransaction("failed transaction over several Syncs", c -> {
                c.send(unnamed("BEGIN"), sync(), unnamed("SELECT 1/0"), sync(), unnamed("SELECT 1"), sync());
                c.send(unnamed("ROLLBACK"), sync());
                c.readUntilReady(4);
            }),
            Scenario.of("suspended portal", c -> {
                c.send(parse("", "SELECT generate_series(1, 5)"), bind("", ""), execute("", 2), execute("", 2));
                c.send(execute("", 2), execute("", 2), sync());
                c.readUntilReady();
            }),
            Scenario.inTransaction("named portal suspended over Syncs in a transaction", c -> {
                c.query("BEGIN");
                c.send(parse("", "SELECT generate_series(1, 5)"), bind("k", ""), execute("k", 2), sync());
                c.readUntilReady();
                c.query("SELECT 'between'");
                c.send(execute("k", 2), sync(), closePortal("k"), execute("k", 2), sync());
                c.readUntilReady(2);
                c.query("ROLLBACK");
            }),
            Scenario.of("portal left suspended at the end of its transaction", c -> {
                c.send(parse("", "SELECT generate_series(1, 5)"), bind("p", ""), execute("p", 1), sync());
                c.send(execute("p", 1), sync());
                c.readUntilReady(2);
            }),
            Scenario.inTransaction("COPY from the client", c -> {
                c.query("BEGIN; CREATE TEMP TABLE c (n int) ON COMMIT DROP");
                c.send(
                        parse("", "COPY c FROM STDIN"),
                        bind("", ""),
                        execute("", 0),
                        copyData("1\n"),
                        copyDone(),
                        sync());
                c.readUntilReady();
                c.query("SELECT count(*) FROM c");
                c.query("ROLLBACK");
            }),
            Scenario.inTransaction("COPY from the client, given up", c -> {
                c.query("BEGIN; CREATE TEMP TABLE c (n int) ON COMMIT DROP");
                c.send(parse("", "COPY c FROM STDIN"), bind("", ""), execute("", 0), copyFail("no"), sync());
                c.readUntilReady();
                c.query("ROLLBACK");
            }),
            Scenario.inTransaction("COPY from the client with the Sync sent too early", c -> {
                c.query("BEGIN; CREATE TEMP TABLE c (n int) ON COMMIT DROP");
                c.send(parse("", "COPY c FROM STDIN"), bind("", ""), execute("", 0), sync());
                c.send(copyData("1\n"), copyDone(), sync());
                c.readUntilReady();
                c.query("ROLLBACK");
            }),
            Scenario.inTransaction("COPY with a bad row, the rest up to Sync is skipped", c -> {
                c.query("BEGIN; CREATE TEMP TABLE c (n int) ON COMMIT DROP");
                c.send(parse("", "COPY c FROM STDIN"), bind("", ""), execute("", 0), copyData("x\n"));
                c.readUntil('E');
                c.send(copyData("1\n"), copyDone(), unnamed("SELECT 1"), sync());
                c.readUntilReady();
                c.query("ROLLBACK");
            }),
            Scenario.of("COPY to the client", c -> {
                c.send(
                        parse("", "COPY (SELECT generate_series(1, 3)) TO STDOUT"),
                        bind("", ""),
                        execute("", 0),
                        sync());
                c.readUntilReady();
            }),
            Scenario.of("DEALLOCATE ALL forgets the client's statements", c -> {
                c.send(parse("d", "SELECT 1"), sync());
                c.readUntilReady();
                c.query("DEALLOCATE ALL");
                c.send(bind("", "d"), sync());
                c.readUntilReady();
                c.send(parse("d", "SELECT 2"), bind("", "d"), execute("", 0), closeStatement("d"), sync());
                c.readUntilReady();
            }),
            Scenario.of("DISCARD ALL forgets the client's statements", c -> {
                c.send(parse("e", "SELECT 1"), sync());
                c.readUntilReady();
                c.query("DISCARD ALL");
                c.send(bind("", "e"), sync());
                c.readUntilReady();
            }),
            Scenario.of("two statements in one Parse", c -> c.extended("SELECT 1; SELECT 2")),
            Scenario.bulky("one large parameter", c -> c.extended("SELECT length($1)", "p".repeat(3_000_000))),
            Scenario.bulky("a large named statement", c -> {
                c.send(parse("large", "SELECT length('" + "s".repeat(500_000) + "')"), sync());
                c.readUntilReady();
                c.send(bind("", "large"), execute("", 0), closeStatement("large"), sync());
                c.readUntilReady();
            }),
            Scenario.bulky("a deep pipeline", c -> {
                for (int i = 0; i < 500; i++) {
                    c.send(unnamed("SELECT " + i + " / " + (i % 7)), sync());
                }
                c.readUntilReady(500);
            }));
}
