package dev.weir.proxy.conformance;

import java.util.Map;

/// What a client asks for in its startup packet.
final class StartupChecks {

    private StartupChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("startup", "Startup parameters")
                .check("application-name", "application_name", stage -> {
                    Session client = asked(stage, "application_name", "weir check");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "application_name in pg_stat_activity",
                                "weir check",
                                client.value("SELECT application_name FROM pg_stat_activity"
                                        + " WHERE pid = pg_backend_pid()"));
                    }
                })
                .check("time-zone", "TimeZone", stage -> asked(stage, "TimeZone", "Asia/Tokyo"))
                .check("date-style", "DateStyle", stage -> asked(stage, "DateStyle", "SQL, DMY"))
                .check("search-path", "search_path", stage -> asked(stage, "search_path", "weir_check, public"))
                .check("extra-float-digits", "extra_float_digits (pgjdbc)", stage -> {
                    asked(stage, "extra_float_digits", "2");
                })
                .check("statement-timeout", "statement_timeout", stage -> asked(stage, "statement_timeout", "54321ms"))
                .check("custom", "A setting of the application's own", stage -> {
                    Session client = stage.client(Map.of("app.weir_check", "mine"));
                    Session other = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("setting", "mine", client.value("SHOW app.weir_check"));
                        SettingChecks.unset(other, "app.weir_check");
                    }
                })
                .check("options", "options=-c …", stage -> {
                    Session client = stage.client(Map.of("options", "-c work_mem=7MB --search-path=weir_check"));
                    Session other = stage.client();
                    String before = other.value("SHOW work_mem");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("work_mem", "7MB", client.value("SHOW work_mem"));
                        Expect.equal("search_path", "weir_check", client.value("SHOW search_path"));
                        Expect.equal("work_mem of another client", before, other.value("SHOW work_mem"));
                    }
                })
                .check("reported-at-login", "ParameterStatus at login tells what was asked for", stage -> {
                    Session client = stage.client(Map.of("TimeZone", "Asia/Tokyo", "application_name", "mine"));
                    Expect.equal("TimeZone", "Asia/Tokyo", client.parameter("TimeZone"));
                    Expect.equal("application_name", "mine", client.parameter("application_name"));
                })
                .check("reset", "RESET goes back to what the startup packet asked for", stage -> {
                    Session client = stage.client(Map.of("work_mem", "7MB", "TimeZone", "Asia/Tokyo"));
                    client.run("SET work_mem = '9MB'; SET TimeZone = 'UTC'");
                    SettingChecks.shows(client, "work_mem", "9MB");
                    client.run("RESET work_mem; RESET TimeZone");
                    SettingChecks.shows(client, "work_mem", "7MB");
                    SettingChecks.shows(client, "TimeZone", "Asia/Tokyo");
                })
                .check("reset-all", "RESET ALL goes back to what the startup packet asked for", stage -> {
                    Session client = stage.client(Map.of("work_mem", "7MB"));
                    client.run("SET work_mem = '9MB'");
                    client.run("RESET ALL");
                    SettingChecks.shows(client, "work_mem", "7MB");
                })
                .check("bad-value", "A value that PostgreSQL refuses is an error of the login", stage -> {
                    refused(stage, "TimeZone", "Nowhere/Land", "22023");
                    refused(stage, "work_mem", "a lot", "22023");
                })
                .check("unknown-name", "An unknown parameter is an error of the login", stage -> {
                    refused(stage, "no_such_setting", "1", "42704");
                })
                .build();
    }

    private static Session asked(Stage stage, String name, String value) {
        Session client = stage.client(Map.of(name, value));
        Session other = stage.client();
        String before = other.value("SHOW " + name);
        Session both = stage.client(Map.of(name, value));
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal(name, value, client.value("SHOW " + name));
            Expect.equal(name + " of another client", before, other.value("SHOW " + name));
            Expect.equal(name + " of a third client", value, both.value("SHOW " + name));
        }
        return client;
    }

    private static void refused(Stage stage, String name, String value, String sqlState) {
        try {
            stage.client(Map.of(name, value));
        } catch (LoginRefused e) {
            Expect.equal("SQLSTATE", sqlState, e.error().sqlState());
            return;
        }
        throw new CheckFailed("%s = %s: the login is not refused".formatted(name, value));
    }
}
