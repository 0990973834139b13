package dev.weir.proxy.conformance;

import java.time.Duration;

/// Settings that change by other ways than SET, and identities.
final class SettingOriginChecks {

    private static final String OTHER_ROLE = "weir_check_role";

    private SettingOriginChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("settings-by", "Settings by other ways, roles")
                .check("set-config", "set_config(…, false)", stage -> {
                    SettingChecks.follows(stage, "work_mem", "SELECT set_config('work_mem', '7MB', false)", "7MB");
                })
                .check("set-config-local", "set_config(…, true) ends with its transaction", stage -> {
                    Session client = stage.client();
                    String before = client.value("SHOW work_mem");
                    client.run("BEGIN; SELECT set_config('work_mem', '7MB', true)");
                    Expect.equal("setting in the transaction", "7MB", client.value("SHOW work_mem"));
                    client.run("COMMIT");
                    SettingChecks.shows(client, "work_mem", before);
                })
                .check("pg-dump", "set_config('search_path', '', false) as pg_dump does it", stage -> {
                    SettingChecks.follows(
                            stage, "search_path", "SELECT pg_catalog.set_config('search_path', '', false);", "");
                })
                .check("do-block", "A DO block that sets", stage -> {
                    SettingChecks.follows(
                            stage,
                            "work_mem",
                            "DO $$ BEGIN PERFORM set_config('work_mem', '7MB', false); END $$",
                            "7MB");
                })
                .check("function", "A function that sets", stage -> {
                    stage.client().run("""
                        CREATE FUNCTION weir_check.sets() RETURNS void LANGUAGE plpgsql
                        AS $$ BEGIN EXECUTE 'SET work_mem = ''7MB'''; END $$\
                        """);
                    SettingChecks.follows(stage, "work_mem", "SELECT weir_check.sets()", "7MB");
                })
                .check("function-clause", "A function with a SET clause changes nothing outside", stage -> {
                    Session client = stage.client();
                    String before = client.value("SHOW work_mem");
                    client.run("""
                        CREATE FUNCTION weir_check.inside() RETURNS text LANGUAGE sql SET work_mem = '7MB'
                        AS 'SELECT current_setting(''work_mem'')'\
                        """);
                    Expect.equal("inside", "7MB", client.value("SELECT weir_check.inside()"));
                    SettingChecks.shows(client, "work_mem", before);
                })
                .check("update-settings", "UPDATE pg_settings", stage -> {
                    SettingChecks.follows(
                            stage,
                            "work_mem",
                            "UPDATE pg_settings SET setting = '7168' WHERE name = 'work_mem'",
                            "7MB");
                })
                .check("role", "SET ROLE and RESET ROLE", stage -> withRole(stage, SettingOriginChecks::role))
                .check(
                        "role-rollback",
                        "ROLLBACK takes SET ROLE back",
                        stage -> withRole(stage, s -> {
                            Session client = s.client();
                            client.run("BEGIN; SET ROLE " + OTHER_ROLE);
                            client.run("ROLLBACK");
                            identities(client, s.user(), s.user());
                        }))
                .check(
                        "session-authorization",
                        "SET SESSION AUTHORIZATION",
                        stage -> withRole(stage, SettingOriginChecks::sessionAuthorization))
                .check("role-default", "A new client has what ALTER ROLE … SET says", SettingOriginChecks::roleDefault)
                .check("statement-timeout", "statement_timeout ends the client's query, and no other's", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("SET statement_timeout = '80ms'");
                    for (int i = 0; i < 2; i++) {
                        a.fail("SELECT pg_sleep(4)", "57014");
                        b.run("SELECT pg_sleep(0.15)");
                    }
                })
                .check(
                        "idle-timeout",
                        "idle_in_transaction_session_timeout ends the client's transaction, and no other's",
                        SettingOriginChecks::idleTimeout)
                .check("read-only", "default_transaction_read_only", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("CREATE TABLE weir_check.written (n int)");
                    a.run("SET default_transaction_read_only = on");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        a.fail("INSERT INTO weir_check.written VALUES (1)", "25006");
                        b.run("INSERT INTO weir_check.written VALUES (1)");
                    }
                })
                .build();
    }

    private static void withRole(Stage stage, Check.Body body) {
        stage.needsSuperuser();
        Session owner = stage.client();
        owner.run("DROP ROLE IF EXISTS %s; CREATE ROLE %s".formatted(OTHER_ROLE, OTHER_ROLE));
        try {
            body.run(stage);
        } finally {
            stage.client().query("DROP ROLE IF EXISTS " + OTHER_ROLE);
        }
    }

    private static void identities(Session client, String session, String current) {
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal(
                    "session_user and current_user",
                    session + " " + current,
                    client.value("SELECT session_user || ' ' || current_user"));
        }
    }

    private static void role(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.run("SET ROLE " + OTHER_ROLE);
        identities(a, stage.user(), OTHER_ROLE);
        identities(b, stage.user(), stage.user());
        a.run("RESET ROLE");
        identities(a, stage.user(), stage.user());
        a.run("SET ROLE " + OTHER_ROLE);
        a.close();
        identities(stage.client(), stage.user(), stage.user());
    }

    private static void sessionAuthorization(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.run("SET SESSION AUTHORIZATION " + OTHER_ROLE);
        identities(a, OTHER_ROLE, OTHER_ROLE);
        identities(b, stage.user(), stage.user());
        a.run("RESET SESSION AUTHORIZATION");
        identities(a, stage.user(), stage.user());
        a.run("SET SESSION AUTHORIZATION " + OTHER_ROLE);
        a.close();
        identities(stage.client(), stage.user(), stage.user());
    }

    private static void roleDefault(Stage stage) {
        stage.needsSuperuser();
        Session owner = stage.client();
        String before = owner.value("SHOW work_mem");
        String alter = "ALTER ROLE %s IN DATABASE %s "
                .formatted(
                        owner.value("SELECT quote_ident(current_user)"),
                        owner.value("SELECT quote_ident(current_database())"));
        owner.run(alter + "SET work_mem = '7MB'");
        try {
            Session client = stage.client();
            SettingChecks.shows(client, "work_mem", "7MB");
            client.run("SET work_mem = '9MB'");
            client.run("RESET work_mem");
            SettingChecks.shows(client, "work_mem", "7MB");
        } finally {
            owner.run(alter + "RESET work_mem");
        }
        SettingChecks.shows(stage.client(), "work_mem", before);
    }

    private static void idleTimeout(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        a.run("SET idle_in_transaction_session_timeout = '100ms'");
        a.run("SELECT 1");
        a.run("BEGIN");
        Expect.equal("SQLSTATE of the end", "25P03", a.endedBy().sqlState());
        for (int i = 0; i < 2; i++) {
            b.run("BEGIN");
            Expect.that("nothing comes while it idles", b.poll(Duration.ofMillis(250)) == null);
            b.run("COMMIT");
        }
    }
}
