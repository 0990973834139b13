package dev.weir.proxy.conformance;

import java.util.List;

/// Temporary tables and what else lives in `pg_temp`.
final class TemporaryTableChecks {

    private static final String CREATE = "CREATE TEMP TABLE weir_check_temp (n int)";
    private static final String COUNT = "SELECT count(*) FROM weir_check_temp";

    private TemporaryTableChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("temp", "Temporary tables")
                .check("kept", "A temporary table is there in every later transaction", stage -> {
                    Session client = stage.client();
                    client.run(CREATE);
                    keeps(client);
                })
                .check("as-select", "CREATE TEMP TABLE AS, SELECT INTO TEMP", stage -> {
                    Session client = stage.client();
                    client.run("CREATE TEMPORARY TABLE weir_check_as AS SELECT 1 AS n");
                    twice(client, "SELECT n FROM weir_check_as", "1");
                    client.run("SELECT 2 AS n INTO TEMP weir_check_into");
                    twice(client, "SELECT n FROM weir_check_into", "2");
                })
                .check("pg-temp", "CREATE TABLE pg_temp.…", stage -> {
                    Session client = stage.client();
                    client.run("CREATE TABLE pg_temp.weir_check_temp (n int)");
                    keeps(client);
                })
                .check("in-function", "Created by a function", stage -> {
                    Session client = stage.client();
                    client.run("""
                        CREATE FUNCTION weir_check.makes() RETURNS void LANGUAGE plpgsql
                        AS $$ BEGIN CREATE TEMP TABLE weir_check_temp (n int); END $$\
                        """);
                    client.run("SELECT weir_check.makes()");
                    keeps(client);
                })
                .check("own", "It is not visible to others, who may have one of the same name", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(CREATE);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        b.fail(COUNT, "42P01");
                    }
                    b.run(CREATE);
                    a.run("INSERT INTO weir_check_temp VALUES (1)");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("rows of the first", "1", a.value(COUNT));
                        Expect.equal("rows of the second", "0", b.value(COUNT));
                    }
                })
                .check("disconnect", "It is gone with its client", stage -> {
                    Session a = stage.client();
                    a.run(CREATE);
                    a.close();
                    Session b = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        b.fail(COUNT, "42P01");
                    }
                    b.run(CREATE);
                })
                .check("dropped", "After DROP it is gone, and another can be made", stage -> {
                    Session client = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run(CREATE);
                        client.run("DROP TABLE weir_check_temp");
                        client.fail(COUNT, "42P01");
                    }
                })
                .check("on-commit-drop", "ON COMMIT DROP", stage -> {
                    Session client = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run("BEGIN; CREATE TEMP TABLE weir_check_temp (n int) ON COMMIT DROP");
                        Expect.equal("rows", "0", client.value(COUNT));
                        client.run("COMMIT");
                        client.fail(COUNT, "42P01");
                    }
                })
                .check("on-commit-delete", "ON COMMIT DELETE ROWS", stage -> {
                    Session client = stage.client();
                    client.run(CREATE + " ON COMMIT DELETE ROWS");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run("BEGIN; INSERT INTO weir_check_temp VALUES (1)");
                        Expect.equal("rows in the transaction", "1", client.value(COUNT));
                        client.run("COMMIT");
                        Expect.equal("rows after it", "0", client.value(COUNT));
                    }
                })
                .check("rolled-back", "A rolled-back one was never there", stage -> {
                    Session client = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run("BEGIN");
                        client.run(CREATE);
                        client.run("ROLLBACK");
                        client.fail(COUNT, "42P01");
                    }
                })
                .check("discard", "DISCARD TEMP drops the client's own only", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(CREATE);
                    b.run(CREATE);
                    a.run("DISCARD TEMP");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        a.fail(COUNT, "42P01");
                        Expect.equal("rows of the other client's", "0", b.value(COUNT));
                    }
                })
                .check("view-and-sequence", "Temporary views and sequences", stage -> {
                    Session client = stage.client();
                    client.run("CREATE TEMP VIEW weir_check_view AS SELECT 'v' AS v");
                    twice(client, "SELECT v FROM weir_check_view", "v");
                    client.run("CREATE TEMP SEQUENCE weir_check_sequence");
                    for (int i = 1; i <= Stage.ROUNDS; i++) {
                        Expect.equal(
                                "sequence", String.valueOf(i), client.value("SELECT nextval('weir_check_sequence')"));
                    }
                })
                .check("copy", "COPY into a temporary table, and a query of it afterwards", stage -> {
                    Session client = stage.client();
                    client.run(CREATE);
                    client.send(new Pipeline()
                                    .query("COPY weir_check_temp FROM STDIN")
                                    .copyData("1\n2\n")
                                    .copyDone())
                            .good("COPY");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "rows", List.of("1", "2"), client.values("SELECT n FROM weir_check_temp ORDER BY n"));
                    }
                })
                .build();
    }

    /// So that it meets both servers.
    private static void twice(Session client, String sql, String expected) {
        Expect.equal(sql, expected, client.value(sql));
        Expect.equal(sql, expected, client.value(sql));
    }

    private static void keeps(Session client) {
        for (int i = 1; i <= Stage.ROUNDS; i++) {
            client.run("INSERT INTO weir_check_temp VALUES (%d)".formatted(i));
            Expect.equal("rows", String.valueOf(i), client.value(COUNT));
        }
    }
}
