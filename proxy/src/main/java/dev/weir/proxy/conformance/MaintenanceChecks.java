package dev.weir.proxy.conformance;

import java.util.List;

/// What migrations and administrators run.
final class MaintenanceChecks {

    private static final String TABLE = "CREATE TABLE weir_check.big AS SELECT generate_series(1, 1000) AS n";

    private MaintenanceChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("maintenance", "Migrations and maintenance")
                .check("ddl", "DDL in a transaction that is rolled back", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run(TABLE);
                    client.run("ROLLBACK");
                    client.fail("SELECT FROM weir_check.big", "42P01");
                })
                .check("index-concurrently", "CREATE INDEX CONCURRENTLY", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.run("CREATE INDEX CONCURRENTLY big_n ON weir_check.big (n)");
                    client.run("REINDEX INDEX CONCURRENTLY weir_check.big_n");
                    client.run("DROP INDEX CONCURRENTLY weir_check.big_n");
                })
                .check("index-concurrently-extended", "CREATE INDEX CONCURRENTLY by the extended protocol", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.extended("CREATE INDEX CONCURRENTLY big_n ON weir_check.big (n)");
                })
                .check(
                        "index-with-settings",
                        "CREATE INDEX CONCURRENTLY of a client with settings of its own",
                        stage -> {
                            Session client = stage.client();
                            client.run(TABLE);
                            client.run("SET maintenance_work_mem = '20MB'; SET lock_timeout = '4s'");
                            client.run("CREATE INDEX CONCURRENTLY big_n ON weir_check.big (n)");
                        })
                .check("vacuum", "VACUUM and ANALYZE", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.run("VACUUM (ANALYZE) weir_check.big");
                    client.extended("VACUUM weir_check.big");
                    client.run("ANALYZE weir_check.big");
                })
                .check("procedure", "CALL of a procedure that commits", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.run("""
                        CREATE PROCEDURE weir_check.doubles() LANGUAGE plpgsql AS $$ BEGIN
                        INSERT INTO weir_check.big VALUES (1); COMMIT; INSERT INTO weir_check.big VALUES (2);
                        END $$\
                        """);
                    client.run("CALL weir_check.doubles()");
                    Expect.equal("rows", "1002", client.value("SELECT count(*) FROM weir_check.big"));
                })
                .check("enum", "ALTER TYPE … ADD VALUE, used by another client", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("CREATE TYPE weir_check.mood AS ENUM ('calm')");
                    a.run("ALTER TYPE weir_check.mood ADD VALUE 'windy'");
                    Expect.equal("value", "windy", b.value("SELECT 'windy'::weir_check.mood"));
                })
                .check("migrator", "A migrator's lock in one session, its work in another", stage -> {
                    Session locker = stage.client();
                    Session worker = stage.client();
                    locker.run("SELECT pg_advisory_lock(72707369)");
                    worker.run("BEGIN");
                    worker.run(TABLE);
                    worker.run("COMMIT");
                    worker.run("CREATE INDEX CONCURRENTLY big_n ON weir_check.big (n)");
                    Expect.equal("unlock", "t", locker.value("SELECT pg_advisory_unlock(72707369)"));
                })
                .check("dump", "What pg_dump sets does not reach others", stage -> {
                    Session dump = stage.client();
                    Session application = stage.client();
                    String before = application.value("SHOW search_path");
                    dump.run("SELECT pg_catalog.set_config('search_path', '', false);");
                    dump.run("SET statement_timeout = 0; SET lock_timeout = 0; SET row_security = off;"
                            + " SET DateStyle = ISO; SET extra_float_digits TO 3; SET synchronize_seqscans TO off");
                    dump.run("BEGIN");
                    dump.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                    dump.run("COMMIT");
                    dump.close();
                    Session late = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("search_path", before, application.value("SHOW search_path"));
                        Expect.equal("search_path of a new client", before, late.value("SHOW search_path"));
                        Expect.equal("row_security", "on", late.value("SHOW row_security"));
                    }
                })
                .check("restore", "psql -1 -f: a dump that is restored in one transaction", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run("SET search_path = weir_check");
                    client.run("CREATE TABLE restored (n int)");
                    client.send(new Pipeline()
                                    .query("COPY restored FROM stdin")
                                    .copyData("1\n")
                                    .copyDone())
                            .good("COPY");
                    client.run("COMMIT");
                    Expect.equal("rows", List.of("1"), client.values("SELECT n FROM restored"));
                })
                .build();
    }
}
