package dev.weir.proxy.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Statements that are prepared by Parse and used later.
final class PreparedStatementChecks {

    private static final int MANY = 700;
    private static final int INT4 = 23;
    private static final int TEXT = 25;

    private PreparedStatementChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("prepared", "Prepared statements (protocol)")
                .check("named", "A named statement is there in every later transaction", PreparedStatementChecks::named)
                .check(
                        "unnamed-over-sync",
                        "The unnamed statement outlives a Sync (lib/pq, sqlx)",
                        PreparedStatementChecks::unnamedOverSync)
                .check(
                        "unnamed-is-own",
                        "The unnamed statement of a client is not that of another",
                        PreparedStatementChecks::unnamedIsOwn)
                .check(
                        "same-name",
                        "Two clients give one name to different statements",
                        PreparedStatementChecks::sameName)
                .check(
                        "parameter-types",
                        "The same text with other parameter types is another statement",
                        PreparedStatementChecks::parameterTypes)
                .check(
                        "search-paths",
                        "The same text means another table under another search_path",
                        PreparedStatementChecks::searchPaths)
                .check(
                        "prepared-again-in-pipeline",
                        "A name is closed and given again within one pipeline",
                        PreparedStatementChecks::preparedAgainInPipeline)
                .check("many", "One client keeps %d statements".formatted(MANY), PreparedStatementChecks::many)
                .check(
                        "describe",
                        "Describe of a statement tells parameters and columns in a later transaction",
                        PreparedStatementChecks::describe)
                .check(
                        "flush",
                        "Flush brings the answers to Parse and Describe before a Sync",
                        PreparedStatementChecks::flush)
                .check(
                        "comments",
                        "Texts that differ in a comment alone are prepared and executed",
                        PreparedStatementChecks::comments)
                .check(
                        "rolled-back",
                        "A statement prepared in a rolled-back transaction stays",
                        PreparedStatementChecks::rolledBack)
                .check(
                        "deallocate-all",
                        "DEALLOCATE ALL drops the client's own statements and no others",
                        stage -> dropsOwnStatementsOnly(stage, "DEALLOCATE ALL"))
                .check(
                        "discard-all",
                        "DISCARD ALL drops the client's own statements and no others",
                        stage -> dropsOwnStatementsOnly(stage, "DISCARD ALL"))
                .check(
                        "discard-all-in-front",
                        "DISCARD ALL ahead of the next query in one packet (Npgsql) leaves no statement behind",
                        PreparedStatementChecks::discardAllInFront)
                .check(
                        "plan-changed",
                        "After the columns of its table have changed, a statement can be prepared again",
                        PreparedStatementChecks::planChanged)
                .check("close-unknown", "Close of a name that is not there is no error", stage -> {
                    Session client = stage.client();
                    Expect.equal(
                            "answer to Close",
                            "3Z",
                            client.send(new Pipeline().closeStatement("nobody").sync())
                                    .types());
                })
                .build();
    }

    private static void named(Stage stage) {
        Session client = stage.client();
        client.send(new Pipeline().parse("s", "SELECT $1::int + 1").sync()).good("Parse");
        for (int i = 0; i < 2 * Stage.ROUNDS; i++) {
            Expect.equal("sum", String.valueOf(i + 1), executed(client, "s", String.valueOf(i)));
        }
    }

    static String executed(Session client, String statement, String... values) {
        return client.send(new Pipeline().run(statement, values).sync())
                .good("Bind and Execute of " + statement)
                .values()
                .getFirst();
    }

    private static void unnamedOverSync(Stage stage) {
        Session client = stage.client();
        Session other = stage.client();
        client.send(new Pipeline().parse("", "SELECT $1::int * 2").sync()).good("Parse");
        other.extended("SELECT 1");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("product", String.valueOf(i * 2), executed(client, "", String.valueOf(i)));
        }
    }

    private static void unnamedIsOwn(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.send(new Pipeline().parse("", "SELECT 'a'").sync()).good("Parse");
        b.send(new Pipeline().parse("", "SELECT 'b'").sync()).good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("the unnamed statement of the first client", "a", executed(a, ""));
            Expect.equal("the unnamed statement of the second client", "b", executed(b, ""));
        }
    }

    private static void sameName(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.send(new Pipeline().parse("S_1", "SELECT 'a' || $1").sync()).good("Parse");
        b.send(new Pipeline().parse("S_1", "SELECT 'b' || $1").sync()).good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("the first client's", "a" + i, executed(a, "S_1", String.valueOf(i)));
            Expect.equal("the second client's", "b" + i, executed(b, "S_1", String.valueOf(i)));
        }
    }

    private static void parameterTypes(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.send(new Pipeline().parse("s", "SELECT pg_typeof($1)", INT4).sync()).good("Parse");
        b.send(new Pipeline().parse("s", "SELECT pg_typeof($1)", TEXT).sync()).good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("type of the first client's parameter", "integer", executed(a, "s", "1"));
            Expect.equal("type of the second client's parameter", "text", executed(b, "s", "1"));
        }
    }

    private static void searchPaths(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.run("CREATE TABLE weir_check.tenant (name text); INSERT INTO weir_check.tenant VALUES ('a')");
        a.run("DROP SCHEMA IF EXISTS weir_check_b CASCADE; CREATE SCHEMA weir_check_b");
        try {
            a.run("CREATE TABLE weir_check_b.tenant (name text); INSERT INTO weir_check_b.tenant VALUES ('b')");
            a.run("SET search_path = weir_check");
            b.run("SET search_path = weir_check_b");
            Pipeline prepare =
                    new Pipeline().parse("s", "SELECT name FROM tenant").sync();
            a.send(prepare).good("Parse");
            b.send(new Pipeline().parse("s", "SELECT name FROM tenant").sync()).good("Parse");
            for (int i = 0; i < Stage.ROUNDS; i++) {
                Expect.equal("the first client's table", "a", executed(a, "s"));
                Expect.equal("the second client's table", "b", executed(b, "s"));
            }
        } finally {
            stage.client().query("DROP SCHEMA IF EXISTS weir_check_b CASCADE");
        }
    }

    private static void preparedAgainInPipeline(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Answer answer = client.send(new Pipeline()
                            .parse("s", "SELECT 'before %d'".formatted(i))
                            .run("s")
                            .closeStatement("s")
                            .parse("s", "SELECT 'after %d'".formatted(i))
                            .run("s")
                            .sync())
                    .good("pipeline");
            Expect.equal("answers", List.of("before " + i, "after " + i), answer.values());
            Expect.equal("the later one", "after " + i, executed(client, "s"));
            client.send(new Pipeline().closeStatement("s").sync()).good("Close");
        }
    }

    private static void many(Stage stage) {
        Session client = stage.client();
        Pipeline all = new Pipeline();
        for (int i = 0; i < MANY; i++) {
            all.parse("s" + i, "SELECT %d + $1::int".formatted(i));
        }
        client.send(all.sync()).good("%d Parse".formatted(MANY));
        for (int round = 0; round < 2; round++) {
            Pipeline each = new Pipeline();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                each.run("s" + i, "1");
                expected.add(String.valueOf(i + 1));
            }
            Expect.equal(
                    "answers of all",
                    expected,
                    client.send(each.sync()).good("Execute of all").values());
        }
        Expect.equal("the first one", "1", executed(client, "s0", "1"));
    }

    private static void describe(Stage stage) {
        Session client = stage.client();
        client.send(new Pipeline()
                        .parse("s", "SELECT $1::int AS n, 'x'::text AS t")
                        .sync())
                .good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Answer answer = client.send(new Pipeline().describeStatement("s").sync());
            Expect.equal("answer to Describe", "tTZ", answer.types());
        }
    }

    private static void flush(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            String name = "s" + i;
            client.start(new Pipeline()
                    .parse(name, "SELECT 42")
                    .describeStatement(name)
                    .flush());
            Expect.equal("answer before Sync", "1tT", client.until((byte) 'T').types());
            client.sendOn(new Pipeline().run(name).sync());
            Expect.equal("answer at Sync", "2DCZ", client.finish().types());
        }
    }

    private static void comments(Stage stage) {
        Session client = stage.client();
        Session other = stage.client();
        for (int i = 0; i < 2 * Stage.ROUNDS; i++) {
            String sql = "/*traceparent='00-%032x-01'*/ SELECT $1::int /*route='%d'*/".formatted(i, i);
            for (Session each : List.of(client, other)) {
                each.send(new Pipeline().parse("c" + i, sql).sync()).good("Parse");
                Expect.equal("answer", "7", executed(each, "c" + i, "7"));
            }
        }
    }

    private static void rolledBack(Stage stage) {
        Session client = stage.client();
        client.run("BEGIN");
        client.send(new Pipeline().parse("s", "SELECT 'kept'").sync()).good("Parse");
        client.run("ROLLBACK");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer", "kept", executed(client, "s"));
        }
    }

    private static void dropsOwnStatementsOnly(Stage stage, String command) {
        Session a = stage.client();
        Session b = stage.client();
        a.send(new Pipeline().parse("s", "SELECT 'a'").sync()).good("Parse");
        b.send(new Pipeline().parse("s", "SELECT 'b'").sync()).good("Parse");
        Expect.equal("answer of the first", "a", executed(a, "s"));
        Expect.equal("answer of the second", "b", executed(b, "s"));
        a.run(command);
        a.send(new Pipeline().run("s").sync()).mustFail("the dropped statement", "26000");
        a.send(new Pipeline().parse("s", "SELECT 'a again'").sync()).good("Parse of the name again");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer of the first", "a again", executed(a, "s"));
            Expect.equal("answer of the other client", "b", executed(b, "s"));
        }
    }

    private static void discardAllInFront(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        b.send(new Pipeline().parse("s", "SELECT 'b'").sync()).good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Answer answer = a.send(new Pipeline()
                            .query("DISCARD ALL")
                            .parse("s", "SELECT 'round %d'".formatted(i))
                            .run("s")
                            .sync())
                    .good("DISCARD ALL and a query");
            Expect.equal("answer", List.of("round " + i), answer.values());
            Expect.equal("answer of the other client", "b", executed(b, "s"));
        }
    }

    private static void planChanged(Stage stage) {
        Session client = stage.client();
        Session migration = stage.client();
        String sql = "SELECT * FROM weir_check.grows";
        migration.run("CREATE TABLE weir_check.grows (a int); INSERT INTO weir_check.grows VALUES (1)");
        client.send(new Pipeline().parse("s", sql).sync()).good("Parse");
        for (int i = 0; i < 2; i++) {
            Expect.equal("answer", "1", executed(client, "s"));
        }
        migration.run("ALTER TABLE weir_check.grows ADD COLUMN b int");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Answer stale = client.send(new Pipeline().run("s").sync());
            var error = stale.error();
            // PostgreSQL's own answer; a pooler may know better.
            Expect.that(
                    "the answer is a row, or that the plan has changed",
                    error == null || Set.of("0A000").contains(error.sqlState()));
        }
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Answer anew = client.send(
                    new Pipeline().closeStatement("s").parse("s", sql).run("s").sync());
            Expect.equal(
                    "columns after Parse anew",
                    2,
                    anew.good("Parse anew").rows().getFirst().size());
        }
    }
}
