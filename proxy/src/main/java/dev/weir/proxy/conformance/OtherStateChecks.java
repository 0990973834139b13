package dev.weir.proxy.conformance;

import java.util.List;

/// What else a server keeps for its session.
final class OtherStateChecks {

    private OtherStateChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("state", "Other session state")
                .check("currval", "currval() after nextval() in an earlier transaction", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("CREATE SEQUENCE weir_check.numbers");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        String number = a.value("SELECT nextval('weir_check.numbers')");
                        b.run("SELECT nextval('weir_check.numbers')");
                        Expect.equal("currval", number, a.value("SELECT currval('weir_check.numbers')"));
                    }
                })
                .check("lastval", "lastval() after INSERT in an earlier transaction", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("CREATE TABLE weir_check.numbered (id serial, t text)");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        String id = a.value("INSERT INTO weir_check.numbered (t) VALUES ('a') RETURNING id");
                        b.run("INSERT INTO weir_check.numbered (t) VALUES ('b')");
                        Expect.equal("lastval", id, a.value("SELECT lastval()"));
                    }
                })
                .check("load", "What LOAD has loaded is there in later transactions", stage -> {
                    stage.needsSuperuser();
                    Session client = stage.client();
                    client.run("LOAD 'auto_explain'");
                    client.run("SET auto_explain.log_min_duration = '54321ms'");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        // Only the loaded library knows units of this setting.
                        Expect.equal("setting", "54321ms", client.value("SHOW auto_explain.log_min_duration"));
                        Expect.equal(
                                "known",
                                "1",
                                client.value("SELECT count(*) FROM pg_settings"
                                        + " WHERE name = 'auto_explain.log_analyze'"));
                    }
                })
                .check("explain", "EXPLAIN under the client's settings", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("CREATE TABLE weir_check.planned (n int PRIMARY KEY)");
                    a.run("SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off");
                    b.run("SET enable_seqscan = off");
                    String explain = "EXPLAIN (COSTS off) SELECT n FROM weir_check.planned WHERE n = 5";
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.that(
                                "a sequential scan",
                                a.values(explain).getFirst().contains("Seq Scan"));
                        Expect.that(
                                "no sequential scan for another client",
                                !b.values(explain).getFirst().contains("Seq Scan"));
                    }
                })
                .check("row-security", "Row security by a setting shows each client its own rows", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("CREATE TABLE weir_check.secured (tenant text)");
                    a.run("INSERT INTO weir_check.secured VALUES ('a'), ('b')");
                    a.run("CREATE VIEW weir_check.mine AS SELECT tenant FROM weir_check.secured"
                            + " WHERE tenant = current_setting('app.weir_tenant')");
                    a.run("SET app.weir_tenant = 'a'");
                    b.run("SET app.weir_tenant = 'b'");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("rows", List.of("a"), a.values("SELECT tenant FROM weir_check.mine"));
                        Expect.equal("rows of another", List.of("b"), b.values("SELECT tenant FROM weir_check.mine"));
                    }
                })
                .build();
    }
}
