package dev.weir.proxy.conformance;

import java.util.List;
import java.util.Map;

/// Settings that a client changes by SET and RESET: they follow it, and nobody else.
final class SettingChecks {

    private SettingChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("settings", "SET and RESET")
                .check("reported", "SET of a reported setting (DateStyle)", stage -> {
                    follows(stage, "DateStyle", "SET DateStyle = 'SQL, DMY'", "SQL, DMY");
                })
                .check("unreported", "SET of a setting that is not reported (work_mem)", stage -> {
                    follows(stage, "work_mem", "SET work_mem = '7MB'", "7MB");
                })
                .check("session", "SET SESSION", stage -> {
                    follows(stage, "lock_timeout", "SET SESSION lock_timeout TO 12345", "12345ms");
                })
                .check("application-name", "SET application_name", stage -> {
                    follows(stage, "application_name", "SET application_name = 'it''s me'", "it's me");
                })
                .check("search-path", "SET search_path", stage -> {
                    follows(
                            stage,
                            "search_path",
                            "SET search_path = \"Weird \"\"one\", public",
                            "\"Weird \"\"one\", public");
                })
                .check("time-zone", "SET TIME ZONE", stage -> {
                    follows(stage, "TimeZone", "SET TIME ZONE 'Asia/Tokyo'", "Asia/Tokyo");
                })
                .check("names", "SET NAMES", stage -> {
                    follows(stage, "client_encoding", "SET NAMES 'LATIN1'", "LATIN1");
                })
                .check("custom", "SET of a setting of the application's own (app.user)", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("SET app.weir_check = 'a'");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("setting", "a", a.value("SELECT current_setting('app.weir_check')"));
                        unset(b, "app.weir_check");
                    }
                    a.close();
                    unset(stage.client(), "app.weir_check");
                })
                .check("extended", "SET by the extended protocol", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    String before = b.value("SHOW work_mem");
                    a.extended("SET work_mem = '7MB'");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "setting",
                                List.of("7MB"),
                                a.extended("SHOW work_mem").values());
                        Expect.equal("setting of another client", before, b.value("SHOW work_mem"));
                    }
                })
                .check("in-pipeline", "SET in the middle of a pipeline", SettingChecks::inPipeline)
                .check("several-clients", "Several clients with different values", SettingChecks::severalClients)
                .check("characteristics", "SET SESSION CHARACTERISTICS", stage -> {
                    follows(
                            stage,
                            "default_transaction_isolation",
                            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                            "repeatable read");
                })
                .check("reset", "RESET", stage -> {
                    Session client = stage.client();
                    String before = client.value("SHOW work_mem");
                    client.run("SET work_mem = '7MB'");
                    Expect.equal("setting", "7MB", client.value("SHOW work_mem"));
                    client.run("RESET work_mem");
                    shows(client, "work_mem", before);
                })
                .check("set-to-default", "SET TO DEFAULT", stage -> {
                    Session client = stage.client();
                    String before = client.value("SHOW TimeZone");
                    client.run("SET TimeZone = 'Asia/Tokyo'");
                    Expect.equal("setting", "Asia/Tokyo", client.value("SHOW TimeZone"));
                    client.run("SET TimeZone TO DEFAULT");
                    shows(client, "TimeZone", before);
                })
                .check("reset-all", "RESET ALL resets the client's own settings only", SettingChecks::resetAll)
                .check("discard-all", "DISCARD ALL resets the client's own settings only", SettingChecks::discardAll)
                .check("rollback", "ROLLBACK takes a SET back", stage -> {
                    Session client = stage.client();
                    client.run("SET work_mem = '5MB'");
                    client.run("BEGIN");
                    client.run("SET work_mem = '7MB'; SET DateStyle = 'SQL, DMY'");
                    client.run("ROLLBACK");
                    shows(client, "work_mem", "5MB");
                    shows(client, "DateStyle", stage.client().value("SHOW DateStyle"));
                })
                .check("commit", "COMMIT keeps a SET", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run("SET work_mem = '7MB'");
                    client.run("COMMIT");
                    shows(client, "work_mem", "7MB");
                })
                .check("failed-transaction", "A failed transaction takes a SET back", stage -> {
                    Session client = stage.client();
                    String before = client.value("SHOW work_mem");
                    client.run("BEGIN");
                    client.run("SET work_mem = '7MB'");
                    client.fail("SELECT 1/0", "22012");
                    client.run("COMMIT");
                    shows(client, "work_mem", before);
                })
                .check("rollback-to-savepoint", "ROLLBACK TO SAVEPOINT takes a later SET back", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN; SET work_mem = '5MB'");
                    client.run("SAVEPOINT s; SET work_mem = '7MB'");
                    client.run("ROLLBACK TO SAVEPOINT s");
                    client.run("COMMIT");
                    shows(client, "work_mem", "5MB");
                })
                .check("release-savepoint", "RELEASE SAVEPOINT keeps a SET", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run("SAVEPOINT s; SET work_mem = '7MB'; RELEASE SAVEPOINT s");
                    client.run("COMMIT");
                    shows(client, "work_mem", "7MB");
                })
                .check("local", "SET LOCAL ends with its transaction", stage -> {
                    Session client = stage.client();
                    client.run("SET work_mem = '5MB'");
                    client.run("BEGIN; SET LOCAL work_mem = '7MB'");
                    Expect.equal("setting in the transaction", "7MB", client.value("SHOW work_mem"));
                    client.run("COMMIT");
                    shows(client, "work_mem", "5MB");
                })
                .check("refused", "A refused SET leaves the value as it was", stage -> {
                    Session client = stage.client();
                    client.run("SET work_mem = '5MB'");
                    client.fail("SET work_mem = 'a lot'", "22023");
                    client.fail("SET no_such_setting = 1", "42704");
                    shows(client, "work_mem", "5MB");
                })
                .check("failed-query-string", "A SET in a query string that fails is taken back", stage -> {
                    Session client = stage.client();
                    String before = client.value("SHOW work_mem");
                    client.fail("SET work_mem = '7MB'; SELECT 1/0", "22012");
                    shows(client, "work_mem", before);
                })
                .check("status", "ParameterStatus tells the client that has set, and no other", SettingChecks::status)
                .build();
    }

    /// A setting follows the client that sets it, to no other, and is gone with it.
    static void follows(Stage stage, String name, String set, String expected) {
        Session a = stage.client();
        Session b = stage.client();
        String before = b.value("SHOW " + name);
        a.run(set);
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal(name, expected, a.value("SHOW " + name));
            Expect.equal(name + " of another client", before, b.value("SHOW " + name));
        }
        Session c = stage.client();
        a.close();
        Session d = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal(name + " of a new client", before, c.value("SHOW " + name));
            Expect.equal(name + " of a client that came after it had left", before, d.value("SHOW " + name));
        }
    }

    static void shows(Session client, String name, String expected) {
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal(name, expected, client.value("SHOW " + name));
        }
    }

    /// A server that knew the name once tells an empty value, one that never did tells NULL.
    static void unset(Session client, String name) {
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal(
                    name + " of another client",
                    "",
                    client.value("SELECT coalesce(current_setting('%s', true), '')".formatted(name)));
        }
    }

    private static void inPipeline(Stage stage) {
        Session client = stage.client();
        Session other = stage.client();
        String before = other.value("SHOW work_mem");
        Answer answer = client.send(new Pipeline()
                        .parse("", "SHOW work_mem")
                        .run("")
                        .sync()
                        .parse("", "SET work_mem = '7MB'")
                        .run("")
                        .sync()
                        .parse("", "SHOW work_mem")
                        .run("")
                        .sync())
                .good("pipeline");
        Expect.equal("settings before and after", List.of(before, "7MB"), answer.values());
        shows(client, "work_mem", "7MB");
        shows(other, "work_mem", before);
    }

    private static void severalClients(Stage stage) {
        List<Session> clients = List.of(stage.client(), stage.client(), stage.client(), stage.client());
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).run("SET work_mem = '%dMB'; SET statement_timeout = '%ds'".formatted(i + 10, i + 10));
        }
        for (int round = 0; round < Stage.ROUNDS; round++) {
            for (int i = 0; i < clients.size(); i++) {
                Expect.equal(
                        "work_mem", "%dMB".formatted(i + 10), clients.get(i).value("SHOW work_mem"));
                Expect.equal(
                        "statement_timeout",
                        "%ds".formatted(i + 10),
                        clients.get(i).value("SHOW statement_timeout"));
            }
        }
    }

    private static void resetAll(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        String before = a.value("SHOW work_mem");
        a.run("SET work_mem = '7MB'");
        b.run("SET work_mem = '9MB'");
        a.run("RESET ALL");
        shows(a, "work_mem", before);
        shows(b, "work_mem", "9MB");
    }

    private static void discardAll(Stage stage) {
        Session a = stage.client(Map.of("application_name", "first"));
        Session b = stage.client();
        String before = a.value("SHOW work_mem");
        a.run("SET work_mem = '7MB'; SET application_name = 'second'");
        b.run("SET work_mem = '9MB'");
        a.run("DISCARD ALL");
        shows(a, "work_mem", before);
        shows(a, "application_name", "first");
        shows(b, "work_mem", "9MB");
    }

    private static void status(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        String before = String.valueOf(b.parameter("TimeZone"));
        a.run("SET TimeZone = 'Asia/Tokyo'");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            a.run("SELECT 1");
            b.run("SELECT 1");
            Expect.equal("TimeZone as the client was told", "Asia/Tokyo", a.parameter("TimeZone"));
            Expect.equal("TimeZone as another client was told", before, b.parameter("TimeZone"));
        }
        a.run("RESET TimeZone");
        Expect.equal("TimeZone as told after RESET", before, a.parameter("TimeZone"));
    }
}
