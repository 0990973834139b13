package dev.weir.proxy.it;

import static dev.weir.proxy.it.Logins.assertIn;
import static dev.weir.proxy.it.Logins.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LocalPostgres;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `auth_query`: users of whom no file tells a secret, asked for at PostgreSQL.
@ExtendWith(LeakGuard.class)
class AuthQueryIT {
    private static final Login STRANGER = new Login("nobody_knows", "whatever", Accounts.DATABASE);
    private static final Login EXPIRED = new Login("expired", "expired-secret", Accounts.DATABASE);
    private static final Login ASKER = new Login("asker", "asker-secret", Accounts.DATABASE);

    /// Notes who asks about whom under which settings, and takes its time if it is told to.
    private static final String LOOKUP = """
        CREATE FUNCTION lookup(wanted text, OUT name text, OUT secret text) RETURNS SETOF record
        LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          INSERT INTO asked VALUES (wanted, current_setting('search_path'), current_setting('application_name'),
            current_setting('work_mem'), session_user);
          PERFORM pg_sleep(seconds) FROM delay;
          RETURN QUERY SELECT rolname::text, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword::text END
            FROM pg_catalog.pg_authid WHERE rolname = wanted AND rolcanlogin;
        END $$\
        """;

    private static LocalPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start(18, Map.of());
        try (RawClient client = postgres.superuser(Accounts.DATABASE)) {
            client.run("CREATE USER asker PASSWORD 'asker-secret'");
            client.run("CREATE USER expired PASSWORD 'expired-secret' VALID UNTIL '2020-01-01'");
            client.run("CREATE TABLE asked (wanted text, path text, application text, memory text, asker text)");
            client.run("CREATE TABLE delay (seconds float8)");
            client.run("INSERT INTO delay VALUES (0)");
            client.run(LOOKUP);
        }
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void forget() {
        try (RawClient client = postgres.superuser(Accounts.DATABASE)) {
            client.run("TRUNCATE asked");
            client.run("UPDATE delay SET seconds = 0");
        }
    }

    private static List<List<String>> asked() {
        try (RawClient client = postgres.superuser(Accounts.DATABASE)) {
            return client.rows("SELECT * FROM asked").stream()
                    .map(row -> row.stream().map(String::valueOf).toList())
                    .toList();
        }
    }

    private static void delay(double seconds) {
        try (RawClient client = postgres.superuser(Accounts.DATABASE)) {
            client.run("UPDATE delay SET seconds = " + seconds);
        }
    }

    /// Only the superuser and the asker stand in the auth file.
    private static WeirFixture.Setup setup() {
        WeirFixture.Setup setup = WeirFixture.over(postgres).secret(ASKER.user(), ASKER.password());
        Accounts.ALL.stream()
                .filter(login -> !login.equals(Accounts.SUPERUSER))
                .forEach(login -> setup.withoutSecret(login.user()));
        return setup;
    }

    private static WeirFixture.Setup byTable() {
        return setup().set("auth_user", "postgres");
    }

    private static WeirFixture.Setup byFunction() {
        return setup().set("auth_user", "asker").set("auth_query", "SELECT * FROM lookup($1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "md5", "scram-sha-256"})
    void usersWhomNoFileNamesGetIn(String method) {
        try (WeirFixture weir = byTable().set("auth_type", method).start()) {
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.OTHER);
            assertThat(refused(weir, Accounts.APP.password("wrong")).sqlState()).isEqualTo("28P01");
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.APP.to(Accounts.OTHER_DATABASE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "md5"})
    void anMd5SecretOpensBothDoors(String method) {
        try (WeirFixture weir = byTable().set("auth_type", method).start()) {
            assertIn(weir, Accounts.MD5);
            assertThat(refused(weir, Accounts.MD5.password("wrong")).sqlState()).isEqualTo("28P01");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "md5", "scram-sha-256"})
    void anUnknownUserHearsWhatAWrongPasswordHears(String method) {
        try (WeirFixture weir = byTable().set("auth_type", method).start();
                RawClient known = RawClient.open(weir.tcp()).record();
                RawClient unknown = RawClient.open(weir.tcp()).record()) {
            known.tryLogin(Accounts.APP.password("wrong"));
            unknown.tryLogin(STRANGER);
            assertThat(types(unknown)).isEqualTo(types(known));
            Message wrong = refused(weir, Accounts.APP.password("wrong"));
            assertThat(refused(weir, STRANGER).toString().replace(STRANGER.user(), "app"))
                    .isEqualTo(wrong.toString());
        }
    }

    private static List<String> types(RawClient client) {
        List<String> types = new ArrayList<>();
        for (Message message : client.transcript()) {
            types.add(message.type() + (message.type() == 'R' ? String.valueOf(message.body()[3]) : ""));
        }
        return types;
    }

    @Test
    void pgBouncersWordsTellThatThereIsNoSuchUser() {
        try (WeirFixture weir = byTable().set("compatibility", "pgbouncer").start()) {
            assertThat(refused(weir, STRANGER).text()).contains("no such user");
            assertThat(refused(weir, STRANGER).sqlState()).isEqualTo("08P01");
        }
    }

    @Test
    void whosePasswordHasExpiredDoesNotGetIn() {
        try (WeirFixture weir = byTable().start()) {
            assertThat(refused(weir, EXPIRED).sqlState()).isEqualTo("28P01");
        }
    }

    @Test
    void anUnknownDatabaseIsNotAsked() {
        try (WeirFixture weir = byFunction().start()) {
            assertThat(refused(weir, Accounts.APP.to("nowhere")).sqlState()).isEqualTo("28P01");
            assertThat(asked()).isEmpty();
        }
    }

    @Test
    void noSettingOfTheClientReachesTheQuery() {
        try (WeirFixture weir = byFunction().set("default_pool_size", "1").start()) {
            Login hostile = Accounts.APP
                    .with("search_path", "evil, public")
                    .with("application_name", "evil")
                    .with("options", "-c work_mem=1234kB");
            assertIn(weir, hostile);
            // As a client the asker leaves its settings on the very server that asks next.
            assertIn(weir, ASKER.with("search_path", "evil").with("work_mem", "4321kB"));
            assertIn(weir, hostile);
            assertThat(asked()).hasSize(2).allSatisfy(row -> {
                assertThat(row.get(1)).isEqualTo("\"$user\", public");
                assertThat(row.get(2)).isEmpty();
                assertThat(row.get(3)).isEqualTo("4MB");
                assertThat(row.get(4)).isEqualTo("asker");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 WHERE $1 <> ''",
                "SELECT $1::text, 'x'::text, 'y'::text",
                "SELECT rolname FROM no_such_table WHERE x = $1",
                "BEGIN",
                "SELECT NULL::text, 'x'::text WHERE $1 <> ''",
                "SELECT $1::text, repeat('x', 200000)",
                "COPY (SELECT 1) TO STDOUT",
                ""
            })
    void aQueryThatIsNoneTellsNobodyMore(String query) {
        try (WeirFixture weir = byTable().set("auth_query", query).start()) {
            for (int i = 0; i < 2; i++) {
                Message refusal = refused(weir, Accounts.APP);
                assertThat(refusal.text()).isEqualTo("bouncer config error");
            }
            assertIn(weir, Accounts.SUPERUSER);
        }
    }

    @Test
    void noPasswordFitsASecretThatIsNull() {
        try (WeirFixture weir = byTable()
                .set("auth_query", "SELECT $1::text, NULL::text")
                .set("auth_type", "plain")
                .start()) {
            assertThat(refused(weir, Accounts.APP.password("md5")).sqlState()).isEqualTo("28P01");
        }
    }

    @Test
    void theNameInTheAnswerCounts() {
        try (WeirFixture weir = byTable()
                .set("auth_query", "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = split_part($1, '@', 1)")
                .start()) {
            assertIn(weir.tcp(), new Login("app@example.org", "app-secret", "app"), "app");
        }
    }

    @Test
    void aDatabaseCanHaveItsOwnAskerQueryAndPlace() {
        String target = "host=127.0.0.1 port=" + postgres.port();
        try (WeirFixture weir = setup().set("auth_user", "nobody")
                .database("other", target + " auth_user=asker auth_dbname=app auth_query='SELECT * FROM lookup($1)'")
                .start()) {
            assertIn(weir, Accounts.APP.to("other"));
            assertThat(asked()).hasSize(1);
            assertThat(weir.pool("app", "asker")).isNotEmpty();
            assertThat(weir.pool("other", "asker")).isEmpty();
        }
    }

    @Test
    void aPlaceToAskThatIsNotThereIsAMisconfiguration() {
        try (WeirFixture weir = byTable().set("auth_dbname", "nowhere").start()) {
            assertThat(refused(weir, Accounts.APP).text()).isEqualTo("bouncer config error");
        }
        try (WeirFixture weir = byTable().set("auth_dbname", "other").start();
                RawClient console = weir.console()) {
            console.run("DISABLE other");
            assertThat(refused(weir, Accounts.APP).text()).isEqualTo("authentication database \"other\" is disabled");
        }
    }

    @Test
    void aForcedUserOwnsTheServersAndIsNotAskedFor() {
        try (WeirFixture weir = byFunction()
                .database("app", "host=127.0.0.1 port=" + postgres.port() + " user=other password=other-secret")
                .start()) {
            assertIn(weir.tcp(), Accounts.APP, "other");
            assertThat(asked()).extracting(List::getFirst).containsExactly("app");
            assertThat(refused(weir, Accounts.APP.password("other-secret")).sqlState())
                    .isEqualTo("28P01");
        }
    }

    @Test
    void aUserWithoutPasswordInTheUsersSectionIsAskedFor() {
        try (WeirFixture weir = byTable().user("app", "pool_mode=session").start()) {
            assertIn(weir, Accounts.APP);
        }
    }

    @Test
    void whereNobodyAsksAUserWithoutPasswordIsAsGoodAsUnknown() {
        try (WeirFixture weir = setup().user("app", "pool_mode=session").start()) {
            Message refusal = refused(weir, Accounts.APP);
            assertThat(refusal.toString())
                    .isEqualTo(refused(weir, STRANGER).toString().replace(STRANGER.user(), "app"));
        }
    }

    @Test
    void trustLetsInWhomPostgresKnows() {
        try (WeirFixture weir = byTable().set("auth_type", "trust").start()) {
            assertIn(weir, Accounts.TRUSTED.password(""));
            assertThat(refused(weir, STRANGER).sqlState()).isEqualTo("28000");
        }
    }

    @Test
    void manyLoginsAtOnceTakeFewQueries() throws Exception {
        delay(0.3);
        try (WeirFixture weir = byFunction().set("default_pool_size", "2").start()) {
            together(60, () -> {
                assertIn(weir, Accounts.APP);
                return null;
            });
            assertThat(asked()).hasSizeBetween(1, 10);
        }
    }

    private static void together(int count, Callable<?> login) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(threads.submit(login));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
    }

    @Test
    void answersAreKeptIfThatIsWantedAndUntilAPasswordDoesNotFit() {
        try (WeirFixture weir = byFunction().set("auth_query_cache", "300").start()) {
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.APP);
            assertThat(asked()).hasSize(1);
            refused(weir, Accounts.APP.password("wrong"));
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.APP);
            assertThat(asked()).hasSize(2);
            weir.reload(setup -> setup.set("query_timeout", "77"));
            assertIn(weir, Accounts.APP);
            assertThat(asked()).hasSize(3);
        }
    }

    @Test
    void withoutThatEachLoginAsksAnew() {
        try (WeirFixture weir = byFunction().start()) {
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.APP);
            assertThat(asked()).hasSize(2);
        }
    }

    @Test
    void theAskerSharesTheLimitsAndStarvesNobody() throws Exception {
        try (WeirFixture weir = byFunction()
                .databaseMore("app", "max_db_connections=1 pool_size=1")
                .start()) {
            together(20, () -> {
                assertIn(weir, Accounts.APP);
                assertIn(weir, Accounts.OTHER);
                return null;
            });
            assertThat(weir.pool("app", "asker"))
                    .containsEntry("cl_active", "0")
                    .containsEntry("cl_waiting", "0");
        }
    }

    @Test
    void theWaitForAnAnswerEndsWithTheLogin() {
        delay(30);
        try (WeirFixture weir = byFunction().set("client_login_timeout", "1").start()) {
            assertThat(refused(weir, Accounts.APP).text()).contains("client_login_timeout");
            weir.awaitPool("app", "asker", "sv_active", "0");
            delay(0);
            assertIn(weir, Accounts.APP);
        }
    }

    @Test
    void whoLeavesTakesTheQueryAlong() {
        delay(30);
        try (WeirFixture weir = byFunction().start()) {
            try (RawClient client = RawClient.open(weir.tcp())) {
                client.send(Accounts.APP.startupMessage());
                weir.awaitPool("app", "asker", "sv_active", "1");
            }
            weir.awaitPool("app", "asker", "sv_active", "0");
        }
    }

    @Test
    void anAskerWhomPostgresDoesNotLetInTellsNobodyMore() {
        try (WeirFixture weir = setup().set("auth_user", "asker")
                .secret("asker", "not-the-servers-password")
                .start()) {
            Message refusal = refused(weir, Accounts.APP);
            assertThat(refusal.text()).isEqualTo("bouncer config error");
        }
    }

    /// The set-up that the documentation tells, word for word.
    @Test
    void theDocumentedSetUpWorks() throws IOException {
        String page = Files.readString(Path.of(System.getProperty("weir.root", ".."), "docs", "authentication.md"));
        try (RawClient client = postgres.superuser(Accounts.DATABASE)) {
            client.run(part(page, "(?ms)^```sql\\R(.*?)^```"));
        }
        try (WeirFixture weir = setup().set("auth_user", "weir_auth")
                .secret("weir_auth", "change-me")
                .set("auth_dbname", "app")
                .set("auth_query", part(page, "(?m)^auth_query = (.*)$"))
                .start()) {
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.APP.to(Accounts.OTHER_DATABASE));
            assertThat(refused(weir, EXPIRED).sqlState()).isEqualTo("28P01");
            assertThat(refused(weir, STRANGER).sqlState()).isEqualTo("28P01");
        }
        try (WeirFixture weir = WeirFixture.over(postgres)
                        .secret("weir_auth", "change-me")
                        .start();
                RawClient client = weir.connect(new Login("weir_auth", "change-me", "app"))) {
            assertThat(client.error("SELECT rolpassword FROM pg_authid").sqlState())
                    .isEqualTo("42501");
        }
    }

    private static String part(String page, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(page);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    @Test
    void serversThatDiedAreNoAnswer() {
        try (WeirFixture weir = byFunction().start()) {
            assertIn(weir, Accounts.APP);
            try (RawClient client = postgres.superuser("postgres")) {
                client.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'asker'");
            }
            assertIn(weir, Accounts.APP);
        }
    }
}
