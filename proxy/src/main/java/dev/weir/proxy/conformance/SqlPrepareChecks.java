package dev.weir.proxy.conformance;

import java.util.List;

/// PREPARE, EXECUTE and DEALLOCATE as statements of SQL.
final class SqlPrepareChecks {

    private SqlPrepareChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("sql-prepare", "PREPARE, EXECUTE, DEALLOCATE (SQL)")
                .check("execute", "EXECUTE works in every later transaction", SqlPrepareChecks::execute)
                .check("same-name", "Two clients give one name to different statements", SqlPrepareChecks::sameName)
                .check("deallocate", "DEALLOCATE ends it: then ERROR 26000", SqlPrepareChecks::deallocate)
                .check("unknown-name", "EXECUTE of an unknown name is ERROR 26000", stage -> {
                    Session client = stage.client();
                    stage.client().run("PREPARE theirs AS SELECT 1");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.fail("EXECUTE theirs", "26000");
                        client.fail("DEALLOCATE theirs", "26000");
                    }
                })
                .check("name-in-use", "PREPARE of a name in use is ERROR 42P05", stage -> {
                    Session client = stage.client();
                    client.run("PREPARE p AS SELECT 1");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.fail("PREPARE p AS SELECT 2", "42P05");
                        Expect.equal("answer", "1", client.value("EXECUTE p"));
                    }
                })
                .check("explain", "EXPLAIN EXECUTE", stage -> {
                    Session client = stage.client();
                    client.run("PREPARE p (int) AS SELECT $1 FROM pg_class");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.that(
                                "the plan scans pg_class",
                                client.values("EXPLAIN (COSTS off) EXECUTE p(1)").stream()
                                        .anyMatch(line -> line.contains("pg_class")));
                    }
                })
                .check("create-table-as", "CREATE TABLE AS EXECUTE", stage -> {
                    Session client = stage.client();
                    client.run("PREPARE p (int) AS SELECT $1 AS n");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run("CREATE TABLE weir_check.made%d AS EXECUTE p(%d)".formatted(i, i));
                        Expect.equal(
                                "row", String.valueOf(i), client.value("SELECT n FROM weir_check.made%d".formatted(i)));
                    }
                })
                .check(
                        "execute-parsed",
                        "EXECUTE of a statement that was prepared by Parse",
                        SqlPrepareChecks::executeParsed)
                .check(
                        "bind-prepared",
                        "Bind of a statement that was prepared by PREPARE",
                        SqlPrepareChecks::bindPrepared)
                .check(
                        "deallocate-parsed",
                        "DEALLOCATE of a statement that was prepared by Parse (psycopg)",
                        SqlPrepareChecks::deallocateParsed)
                .check("rolled-back", "PREPARE in a rolled-back transaction stays", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run("PREPARE p AS SELECT 'kept'");
                    client.run("ROLLBACK");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("answer", "kept", client.value("EXECUTE p"));
                    }
                })
                .check("several-in-one-query", "PREPARE and EXECUTE in one query string", stage -> {
                    Session client = stage.client();
                    Expect.equal(
                            "answer",
                            List.of("2"),
                            client.run("PREPARE p (int) AS SELECT $1 + 1; EXECUTE p(1)")
                                    .values());
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("answer", "3", client.value("EXECUTE p(2)"));
                    }
                })
                .check("names-fold", "Names fold as identifiers do", SqlPrepareChecks::namesFold)
                .check("deallocate-all", "DEALLOCATE ALL drops the client's own and no others", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("PREPARE p AS SELECT 'a'");
                    b.run("PREPARE p AS SELECT 'b'");
                    a.run("DEALLOCATE ALL");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        a.fail("EXECUTE p", "26000");
                        Expect.equal("answer of the other client", "b", b.value("EXECUTE p"));
                    }
                })
                .check("extended", "EXECUTE and DEALLOCATE sent by the extended protocol", stage -> {
                    Session client = stage.client();
                    client.extended("PREPARE p (int) AS SELECT $1 * 3");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "answer",
                                List.of(String.valueOf(i * 3)),
                                client.extended("EXECUTE p(%d)".formatted(i)).values());
                    }
                    client.extended("DEALLOCATE p");
                    client.fail("EXECUTE p(1)", "26000");
                })
                .build();
    }

    private static void execute(Stage stage) {
        Session client = stage.client();
        client.run("PREPARE p (int, text) AS SELECT $2 || $1 + 1");
        for (int i = 0; i < 2 * Stage.ROUNDS; i++) {
            Expect.equal("answer", "n=" + (i + 1), client.value("EXECUTE p(%d, 'n=')".formatted(i)));
        }
    }

    private static void sameName(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.run("PREPARE pdo_stmt_1 AS SELECT 'a'");
        b.run("PREPARE pdo_stmt_1 AS SELECT 'b'");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("the first client's", "a", a.value("EXECUTE pdo_stmt_1"));
            Expect.equal("the second client's", "b", b.value("EXECUTE pdo_stmt_1"));
        }
    }

    private static void deallocate(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.run("PREPARE p AS SELECT %d".formatted(i));
            Expect.equal("answer", String.valueOf(i), client.value("EXECUTE p"));
            client.run("DEALLOCATE p");
            client.fail("EXECUTE p", "26000");
        }
    }

    private static void executeParsed(Stage stage) {
        Session client = stage.client();
        client.send(new Pipeline().parse("shared", "SELECT $1::int + 100").sync())
                .good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer", "105", client.value("EXECUTE shared(5)"));
            Expect.equal("answer to Bind", "106", PreparedStatementChecks.executed(client, "shared", "6"));
        }
    }

    private static void bindPrepared(Stage stage) {
        Session client = stage.client();
        client.run("PREPARE shared (int) AS SELECT $1 + 200");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer", "205", PreparedStatementChecks.executed(client, "shared", "5"));
        }
    }

    private static void deallocateParsed(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.send(new Pipeline().parse("_pg3_0", "SELECT %d".formatted(i)).sync())
                    .good("Parse");
            Expect.equal("answer", String.valueOf(i), PreparedStatementChecks.executed(client, "_pg3_0"));
            client.run("DEALLOCATE _pg3_0");
            client.send(new Pipeline().run("_pg3_0").sync()).mustFail("Bind", "26000");
        }
    }

    private static void namesFold(Stage stage) {
        Session client = stage.client();
        client.run("PREPARE Folded AS SELECT 'lower'");
        client.run("PREPARE \"Folded\" AS SELECT 'quoted'");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer", "lower", client.value("EXECUTE FOLDED"));
            Expect.equal("answer", "quoted", client.value("EXECUTE \"Folded\""));
            Expect.equal("answer to Bind", "lower", PreparedStatementChecks.executed(client, "folded"));
        }
    }
}
