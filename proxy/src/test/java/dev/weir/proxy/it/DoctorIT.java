package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.config.WeirConfig;
import dev.weir.proxy.doctor.Diagnosis;
import dev.weir.proxy.doctor.Doctor;
import dev.weir.proxy.doctor.Finding;
import dev.weir.proxy.doctor.Level;
import dev.weir.proxy.testkit.ConfigText;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// `weir doctor` against servers that are as they should be, and that are not.
final class DoctorIT {

    private static final String USERS = """
        "app" "app-secret"
        "md5_user" "md5-secret"
        "plain_user" "plain-secret"
        """;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final TestPostgres POSTGRES = TestPostgres.shared();

    @SuppressWarnings("NullAway.Init")
    private static TlsPostgres encrypted;

    @BeforeAll
    static void startServer() {
        encrypted = new TlsPostgres();
        try (RawClient superuser = encrypted.postgres.superuser("app")) {
            superuser.run("ALTER ROLE app CONNECTION LIMIT 5");
            superuser.run("CREATE FUNCTION lookup(name text) RETURNS TABLE(usename name, passwd text) LANGUAGE sql"
                    + " SECURITY DEFINER AS 'SELECT rolname, rolpassword FROM pg_authid WHERE rolname = name'");
        }
    }

    @AfterAll
    static void stopServer() {
        encrypted.close();
    }

    @Test
    void everyUserLogsIn() {
        Diagnosis diagnosis = examine("idle_transaction_timeout = 60", "app = host=127.0.0.1 port=" + POSTGRES.port());

        assertThat(diagnosis.worst()).as("%s", diagnosis.findings()).isEqualTo(Level.OK);
        assertThat(findings(diagnosis, "login"))
                .extracting(Finding::subject)
                .containsExactly("app/app", "app/md5_user", "app/plain_user");
        assertThat(only(diagnosis, "version").message()).startsWith("PostgreSQL 18");
        assertThat(only(diagnosis, "capacity").message()).startsWith("the pools may open 60 of 197 connections");
    }

    @Test
    void byTheUnixSocketToo() {
        Diagnosis diagnosis = examine(
                "idle_transaction_timeout = 60",
                "app = host=" + TestPostgres.local().socketDirectory() + " user=app port="
                        + TestPostgres.local().port());
        assertThat(diagnosis.worst()).as("%s", diagnosis.findings()).isEqualTo(Level.OK);
        assertThat(findings(diagnosis, "login")).hasSize(1);
    }

    @Test
    void aWrongPasswordIsNamedAndNotShown() {
        Diagnosis diagnosis =
                examine("", "app = host=127.0.0.1 user=app password=no-such-thing port=" + POSTGRES.port());

        Finding login = only(diagnosis, "login");
        assertThat(login.level()).isEqualTo(Level.FAIL);
        assertThat(login.message()).isEqualTo("password authentication failed for user \"app\" (SQLSTATE 28P01)");
        assertThat(login.advice()).startsWith("the password that PostgreSQL has, in [databases.app]");
        assertThat(diagnosis.findings().toString()).doesNotContain("no-such-thing");
        assertThat(only(diagnosis, "capacity").level()).isEqualTo(Level.SKIP);
    }

    @Test
    void aMissingPasswordIsNamed() {
        Finding login = only(examine("", "app = host=127.0.0.1 user=other port=" + POSTGRES.port()), "login");
        assertThat(login.level()).isEqualTo(Level.FAIL);
        assertThat(login.advice()).startsWith("password = \"…\" in [databases.app]");
    }

    @Test
    void aDatabaseThatIsNotThereIsNamed() {
        Finding login = only(examine("", "shop = host=127.0.0.1 user=app port=" + POSTGRES.port()), "login");
        assertThat(login.message()).contains("3D000");
        assertThat(login.advice()).startsWith("dbname = ");
    }

    @Test
    void whoIsTurnedAwayGetsALineForTheRules() {
        Finding login = only(
                examine("", "app = host=127.0.0.1 user=rejected_user password=x port=" + POSTGRES.port()), "login");
        assertThat(login.message()).contains("28000");
        assertThat(login.advice()).startsWith("in pg_hba.conf: host app rejected_user");
    }

    @Test
    void aWrongPortAndAWrongNameAreTold() throws IOException {
        Finding connect = only(examine("", "app = host=127.0.0.1 user=app port=" + closedPort()), "connect");
        assertThat(connect.level()).isEqualTo(Level.FAIL);
        assertThat(connect.advice()).startsWith("the port that PostgreSQL listens on");

        Finding name = only(examine("", "app = host=nowhere.invalid user=app"), "dns");
        assertThat(name.level()).isEqualTo(Level.FAIL);
    }

    @Test
    void whoNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket taken = silent.accept()) {
                    taken.getInputStream().readAllBytes();
                } catch (IOException _) {
                    // the test is over
                }
            });
            Diagnosis diagnosis = new Diagnosis(_ -> {});
            WeirConfig config =
                    ConfigText.read(ini("", "app = host=127.0.0.1 user=app port=" + silent.getLocalPort()), USERS);
            new Doctor(config, Duration.ofMillis(500), diagnosis).examine();
            assertThat(only(diagnosis, "tls").message()).isEqualTo("no answer within 500 ms");
            assertThat(only(diagnosis, "tls").advice()).isEqualTo("the host and port of a PostgreSQL that is awake");
        }
    }

    @Test
    void whoLetsConnectAndSaysNothingIsAskedOnce() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Diagnosis diagnosis = new Diagnosis(_ -> {});
            WeirConfig config = ConfigText.read(
                    ini("server_tls_sslmode = disable", "app = host=127.0.0.1 port=" + silent.getLocalPort()), USERS);
            new Doctor(config, Duration.ofMillis(300), diagnosis).examine();
            assertThat(findings(diagnosis, "login"))
                    .extracting(Finding::level, Finding::message, Finding::advice)
                    .containsExactly(
                            tuple(
                                    Level.FAIL,
                                    "no answer within 300 ms",
                                    "the host and port of a PostgreSQL that is awake"),
                            tuple(Level.SKIP, "no more logins were tried: it does not answer", null));
        }
    }

    @Test
    void poolsThatDoNotFitAreTold() {
        Finding capacity = only(
                examine(
                        "default_pool_size = 120\nmax_client_conn = 1000",
                        "app = host=127.0.0.1 port=" + POSTGRES.port()),
                "capacity");
        assertThat(capacity.level()).isEqualTo(Level.FAIL);
        assertThat(capacity.message()).startsWith("the pools may open 360 of 197 connections");
        assertThat(capacity.advice()).startsWith("pools such as app/app 59, app/md5_user 59, app/plain_user 59");
    }

    @Test
    void whatCannotBeTriedIsNotCalledGood() {
        String verifier = "SCRAM-SHA-256$4096:MTIzNDU2Nzg5MDEyMzQ1Ng==$" + "A".repeat(43) + "=:" + "A".repeat(43) + "=";
        Diagnosis diagnosis = examine(ConfigText.read(
                ini("", "app = host=127.0.0.1 port=" + POSTGRES.port()), "\"app\" \"" + verifier + "\"\n"));
        assertThat(only(diagnosis, "login").level()).isEqualTo(Level.SKIP);
        assertThat(diagnosis.summary()).contains("2 skipped", "0 failures");
    }

    @Test
    void aFineCertificateIsTold() {
        Diagnosis diagnosis = examine(tls("verify-full"), secured("localhost", "other", "other-secret"));
        assertThat(findings(diagnosis, "tls").getFirst().message()).startsWith("TLSv1.3/");
        assertThat(findings(diagnosis, "tls").get(1).message()).contains("CN=localhost");
        // Certificates.server() lives for thirty days
        assertThat(diagnosis.findings())
                .filteredOn(finding ->
                        finding.level() == Level.FAIL && finding.check().equals("tls"))
                .isEmpty();
    }

    @Test
    void aForeignAuthorityAndAMissingTlsAreTold() {
        Diagnosis foreign = examine("server_tls_sslmode = verify-full", secured("localhost", "app", "app-secret"));
        assertThat(only(foreign, "tls").level()).isEqualTo(Level.FAIL);
        assertThat(only(foreign, "tls").advice()).startsWith("server_tls_ca_file = ");

        Finding missing = only(
                examine("server_tls_sslmode = require", "app = host=127.0.0.1 user=app port=" + POSTGRES.port()),
                "tls");
        assertThat(missing.message()).isEqualTo("server refused SSL");
        assertThat(missing.advice()).startsWith("ssl = on in postgresql.conf");
    }

    @Test
    void theLimitOfARoleIsTold() {
        Diagnosis diagnosis = examine(tls("verify-ca"), secured("127.0.0.1", "app", "app-secret"));
        assertThat(findings(diagnosis, "capacity").getFirst().advice()).startsWith("pool_size = 5 for it");
    }

    @Test
    void authQueryIsRun() {
        String database = secured("127.0.0.1", "app", "app-secret");
        String settings = tls("verify-ca") + "\nauth_user = postgres\nauth_query = ";
        String users = "\"postgres\" \"postgres-secret\"\n";

        Finding good = only(
                examine(ConfigText.read(ini(settings + "SELECT * FROM lookup($1)", database), users)), "auth_query");
        assertThat(good.message()).isEqualTo("runs; the secret of postgres is a SCRAM verifier");

        Finding broken = only(
                examine(ConfigText.read(ini(settings + "SELECT * FROM no_such_function($1)", database), users)),
                "auth_query");
        assertThat(broken.level()).isEqualTo(Level.FAIL);
        assertThat(broken.message()).contains("42883");
        assertThat(broken.advice()).startsWith("a SECURITY DEFINER function");

        Finding narrow =
                only(examine(ConfigText.read(ini(settings + "SELECT $1::text", database), users)), "auth_query");
        assertThat(narrow.message()).isEqualTo("gives 1 columns");
    }

    @Test
    void aConnectQueryIsRun() {
        Finding broken = only(
                examine("", "app = host=127.0.0.1 user=app port=" + POSTGRES.port() + " connect_query='SELECT 1/0'"),
                "connect_query");
        assertThat(broken.message()).contains("22012");
    }

    private static String tls(String mode) {
        return "idle_transaction_timeout = 60\nserver_tls_sslmode = " + mode + "\nserver_tls_ca_file = "
                + encrypted.authorityFile;
    }

    private static String secured(String host, String user, String password) {
        return "app = host=" + host + " user=" + user + " password=" + password + " port=" + encrypted.postgres.port();
    }

    private static String ini(String settings, String database) {
        return "[pgbouncer]\nauth_file = userlist.txt\n" + settings + "\n[databases]\n" + database + "\n";
    }

    private static Diagnosis examine(String settings, String database) {
        return examine(ConfigText.read(ini(settings, database), USERS));
    }

    private static Diagnosis examine(WeirConfig config) {
        Diagnosis diagnosis = new Diagnosis(_ -> {});
        new Doctor(config, PATIENCE, diagnosis).examine();
        return diagnosis;
    }

    private static List<Finding> findings(Diagnosis diagnosis, String check) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.check().equals(check))
                .toList();
    }

    private static Finding only(Diagnosis diagnosis, String check) {
        List<Finding> all = findings(diagnosis, check);
        assertThat(all).as("%s of %s", check, diagnosis.findings()).hasSize(1);
        return all.getFirst();
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
