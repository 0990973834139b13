package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LinkFaults;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Settings follow the client from server to server and never reach another client.
@ExtendWith(LeakGuard.class)
class ParametersIT {
    private static WeirFixture weir;

    @BeforeAll
    static void start() {
        // One server for all, so that every change of client is a change of settings.
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
    }

    @AfterAll
    static void stop() {
        weir.close();
    }

    @ParameterizedTest
    @CsvSource({"SQL_ASCII, naïve", "LATIN1, 100 €", "UTF8, naïve 100 €"})
    void aNameThatTheDatabaseCannotHoldIsShownAsPostgresShowsIt(String encoding, String name) {
        String database = "in_" + encoding.toLowerCase(Locale.ROOT);
        try (RawClient root = TestPostgres.shared().superuser("postgres")) {
            root.run("CREATE DATABASE " + database + " TEMPLATE template0 LOCALE 'C' ENCODING " + encoding);
        }
        Login login = Accounts.APP.to(database).with("application_name", name);
        String direct = shown(TestPostgres.shared().tcp(), login, "application_name");
        try (WeirFixture any = WeirFixture.over(TestPostgres.shared())
                        .database(
                                "*",
                                "host=127.0.0.1 port=" + TestPostgres.shared().port())
                        .start();
                RawClient client = any.connect(login)) {
            assertThat(client.value("SHOW application_name")).isEqualTo(direct);
            assertThat(client.value("SHOW application_name")).isEqualTo(direct);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application_name | a 'quoted' \\ name",
                "DateStyle | German",
                "datestyle | ISO",
                "TimeZone | Asia/Tokyo",
                "IntervalStyle | iso_8601",
                "client_encoding | LATIN1",
                "standard_conforming_strings | off",
                "search_path | other, public",
                "extra_float_digits | 0",
                "statement_timeout | 12345",
                "work_mem | 8MB",
                "geqo | off",
                "bytea_output | escape"
            })
    void aStartupParameterHoldsForItsClientAlone(String name, String value) {
        String direct = shown(TestPostgres.shared().tcp(), Accounts.APP.with(name, value), name);
        try (RawClient with = weir.connect(Accounts.APP.with(name, value));
                RawClient without = weir.connect(Accounts.APP)) {
            String usual = shown(TestPostgres.shared().tcp(), Accounts.APP, name);
            for (int i = 0; i < 3; i++) {
                assertThat(with.value("SHOW " + name)).isEqualTo(direct);
                assertThat(without.value("SHOW " + name)).isEqualTo(usual);
            }
        }
    }

    private static String shown(dev.weir.proxy.testkit.Endpoint endpoint, Login login, String name) {
        try (RawClient client = RawClient.connect(endpoint, login)) {
            return client.value("SHOW " + name);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-c work_mem=7MB | work_mem",
                "-cgeqo=off | geqo",
                "--statement-timeout=4321 | statement_timeout",
                "--work_mem=3MB --geqo=off | geqo",
                "-c search_path=a,\\ public | search_path",
                "-c DateStyle=SQL,DMY | DateStyle",
                "-c  application_name=with\\ blank\\\\slash | application_name"
            })
    void optionsHoldForTheirClientAlone(String options, String name) {
        String direct = shown(TestPostgres.shared().tcp(), Accounts.APP.with("options", options), name);
        String usual = shown(TestPostgres.shared().tcp(), Accounts.APP, name);
        try (RawClient with = weir.connect(Accounts.APP.with("options", options));
                RawClient without = weir.connect(Accounts.APP)) {
            for (int i = 0; i < 2; i++) {
                assertThat(with.value("SHOW " + name)).isEqualTo(direct);
                assertThat(without.value("SHOW " + name)).isEqualTo(usual);
            }
        }
    }

    @Test
    void aReportedParameterThatAClientSetsFollowsItAndNobodyElse() {
        try (RawClient german = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            german.run("SET DateStyle = 'German'");
            german.run("SET application_name = 'App'");
            assertThat(german.parameters()).containsEntry("DateStyle", "German, DMY");
            other.run("SET application_name = 'app'");
            for (int i = 0; i < 3; i++) {
                assertThat(german.value("SELECT DATE '2020-02-01'")).isEqualTo("01.02.2020");
                assertThat(german.value("SHOW application_name")).isEqualTo("App");
                assertThat(other.value("SELECT DATE '2020-02-01'")).isEqualTo("2020-02-01");
                assertThat(other.value("SHOW application_name")).isEqualTo("app");
            }
        }
    }

    @Test
    void puttingSettingsBackIsNotHeardByTheClient() {
        try (RawClient a = weir.connect(Accounts.APP.with("application_name", "a"));
                RawClient b = weir.connect(Accounts.APP.with("application_name", "b"))) {
            for (int i = 0; i < 5; i++) {
                for (RawClient client : List.of(a, b)) {
                    client.send(Frontend.query("SELECT 1"));
                    client.expect("TDCZ");
                    client.send(Frontend.unnamed("SELECT 1"), Frontend.sync());
                    client.expect("12TDCZ");
                }
            }
        }
    }

    @Test
    void canonicalFormsAreNotSetAgainAndAgain() {
        try (LinkFaults link = LinkFaults.to(TestPostgres.shared().port());
                WeirFixture one = WeirFixture.overPort(link.port())
                        .set("default_pool_size", "1")
                        .start();
                RawClient client =
                        one.connect(Accounts.APP.with("DateStyle", "iso").with("TimeZone", "utc"));
                RawClient canonical =
                        one.connect(Accounts.APP.with("DateStyle", "ISO, MDY").with("TimeZone", "UTC"))) {
            client.run("SELECT 1");
            long before = link.bytesToServer();

            canonical.run("SELECT 1");
            client.run("SELECT 1");

            assertThat(link.bytesToServer() - before)
                    .as("nothing but the queries")
                    .isEqualTo(2L * Frontend.query("SELECT 1").length);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TimeZone, Middle/Earth, 22023",
        "work_mem, a lot, 22023",
        "no_such_setting, 1, 42704",
        "options, -c geqo=perhaps, 22023"
    })
    void whatPostgresqlRefusesEndsTheLogin(String name, String value, String sqlState) {
        try (RawClient neighbour = weir.connect(Accounts.APP);
                RawClient client = RawClient.open(weir.tcp())) {
            Message last = client.tryLogin(Accounts.APP.with(name, value)).getLast();
            assertThat(last.type()).isEqualTo('E');
            assertThat(last.severity()).isEqualTo("FATAL");
            assertThat(last.sqlState()).isEqualTo(sqlState);
            assertThat(client.readToEnd()).isEmpty();
            assertThat(neighbour.value("SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void whatPostgresqlRefusesEndsTheFirstQueryWhereNoServerWasFree() {
        try (RawClient busy = weir.connect(Accounts.APP);
                RawClient client = RawClient.open(weir.tcp())) {
            busy.run("BEGIN");
            assertThat(client.tryLogin(Accounts.APP.with("work_mem", "a bit"))
                            .getLast()
                            .type())
                    .isEqualTo('Z');
            client.send(Frontend.query("SELECT 1"));
            busy.run("COMMIT");
            assertThat(client.expectFatal().sqlState()).isEqualTo("22023");
        }
    }

    @Test
    void aClientThatLeavesInLineForATrialOfItsSettingsIsForgotten() {
        try (WeirFixture trusting = WeirFixture.over(TestPostgres.shared())
                        .set("auth_type", "trust")
                        .set("default_pool_size", "1")
                        .start();
                RawClient busy = trusting.connect(Accounts.APP)) {
            busy.run("BEGIN");
            try (RawClient client = RawClient.open(trusting.tcp())) {
                client.send(Accounts.APP.with("work_mem", "6666kB").startupMessage());
                await().until(() ->
                        !trusting.pool("app", "app").get("maxwait_us").equals("0"));
            }
            await().until(() -> trusting.pool("app", "app").get("maxwait_us").equals("0"));
            busy.run("COMMIT");
            assertThat(busy.value("SHOW work_mem")).isNotEqualTo("6666kB");
        }
    }

    /// Not the same as to go back to that of the startup packet.
    @Test
    void aRoleOfTheStartupPacketCanBeTakenOff() {
        try (RawClient admin = TestPostgres.shared().superuser(Accounts.DATABASE)) {
            admin.run("CREATE ROLE lent").run("GRANT lent TO other");
            try (RawClient client = weir.connect(Accounts.OTHER.with("role", "lent"));
                    RawClient other = weir.connect(Accounts.OTHER)) {
                client.run("SET ROLE NONE");
                assertThat(other.value("SELECT current_user")).isEqualTo("other");
                assertThat(client.value("SELECT current_user")).isEqualTo("other");
            } finally {
                admin.run("DROP ROLE lent");
            }
        }
    }

    @Test
    void anIgnoredStartupParameterIsNotApplied() {
        try (WeirFixture ignoring = WeirFixture.over(TestPostgres.shared())
                        .set("ignore_startup_parameters", "work_mem, options")
                        .start();
                RawClient client =
                        ignoring.connect(Accounts.APP.with("work_mem", "9MB").with("options", "-c geqo=off"))) {
            assertThat(client.value("SHOW work_mem")).isEqualTo("4MB");
        }
    }

    @Test
    void applicationNameCanCarryTheClientsAddress() {
        try (WeirFixture adding = WeirFixture.over(TestPostgres.shared())
                        .set("application_name_add_host", "1")
                        .start();
                RawClient named = adding.connect(Accounts.APP.with("application_name", "worker"));
                RawClient unnamed = adding.connect(Accounts.APP)) {
            assertThat(named.value("SHOW application_name")).isEqualTo("worker - 127.0.0.1:" + named.localPort());
            assertThat(unnamed.value("SHOW application_name")).isEqualTo("app - 127.0.0.1:" + unnamed.localPort());
        }
    }

    @Test
    void settingsOfATransactionStayInIt() {
        try (RawClient a = weir.connect(Accounts.APP.with("TimeZone", "UTC"));
                RawClient b = weir.connect(Accounts.APP)) {
            a.run("BEGIN; SET TimeZone = 'Asia/Tokyo'");
            assertThat(a.value("SHOW TimeZone")).isEqualTo("Asia/Tokyo");
            a.run("ROLLBACK");
            assertThat(b.value("SELECT 1")).isEqualTo("1");
            assertThat(a.value("SHOW TimeZone")).isEqualTo("UTC");
            assertThat(a.parameters()).containsAllEntriesOf(Map.of("TimeZone", "UTC"));
        }
    }

    @Test
    void discardAllBringsBackTheStartupValuesOfTheClient() {
        try (RawClient client = weir.connect(Accounts.APP.with("TimeZone", "Asia/Tokyo"));
                RawClient other = weir.connect(Accounts.APP)) {
            client.run("SET TimeZone = 'UTC'");
            client.run("RESET TimeZone");
            assertThat(client.value("SHOW TimeZone")).isEqualTo("Asia/Tokyo");
            other.run("SELECT 1");
            assertThat(client.value("SHOW TimeZone")).isEqualTo("Asia/Tokyo");
        }
    }
}
