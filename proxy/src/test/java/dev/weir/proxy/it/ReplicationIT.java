package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.LocalPostgres;
import dev.weir.proxy.testkit.LogLines;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Replication connections: PostgreSQL's own tools and the protocol by hand, each on a server connection of its own.
@ExtendWith(LeakGuard.class)
final class ReplicationIT {
    private static final Login PHYSICAL = Accounts.SUPERUSER.to("replication").with("replication", "true");
    private static final Login LOGICAL = Accounts.SUPERUSER.with("replication", "database");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static LocalPostgres postgres;
    private WeirFixture weir;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startPostgres() {
        postgres = TestPostgres.start(
                15, Map.of("wal_level", "logical", "max_wal_senders", "8", "max_replication_slots", "4"));
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void startWeir() {
        weir = setup().start();
    }

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(postgres)
                .database("replication", "host=127.0.0.1 port=" + postgres.port())
                .set("client_login_timeout", "10");
    }

    @AfterEach
    void stopWeir() {
        weir.close();
    }

    /// What a tool of PostgreSQL that succeeds has to say.
    private String tool(String... command) throws Exception {
        Process process = start(command);
        String output = outputOf(process);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /// A tool that comes as the superuser.
    private Process start(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("PGHOST", "127.0.0.1");
        environment.put("PGPORT", String.valueOf(weir.port()));
        environment.put("PGUSER", Accounts.SUPERUSER.user());
        environment.put("PGPASSWORD", Accounts.SUPERUSER.password());
        return builder.start();
    }

    private static String outputOf(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static List<String> walSenders() {
        try (RawClient observer = postgres.superuser("postgres")) {
            return observer.rows("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsender'").stream()
                    .map(row -> String.valueOf(row.getFirst()))
                    .toList();
        }
    }

    private static void awaitNoWalSender() {
        await().atMost(PATIENCE).until(() -> walSenders().isEmpty());
    }

    @Test
    void aBaseBackupWithItsWalIsWhole() throws Exception {
        tool("pg_basebackup", "-D", directory.resolve("backup").toString(), "-X", "stream", "-c", "fast");

        assertThat(directory.resolve("backup/PG_VERSION")).hasContent("15");
        assertThat(directory.resolve("backup/backup_manifest")).isNotEmptyFile();
        try (var wal = Files.list(directory.resolve("backup/pg_wal"))) {
            assertThat(wal.map(file -> file.getFileName().toString())).anyMatch(name -> name.matches("[0-9A-F]{24}"));
        }
        awaitNoWalSender();
    }

    @Test
    void walIsStreamedToItsEnd() throws Exception {
        try (RawClient observer = postgres.superuser(Accounts.DATABASE)) {
            observer.run("SET synchronous_commit = on");
            observer.run("CREATE TABLE IF NOT EXISTS streamed (t text)");
            String end = observer.value("SELECT pg_current_wal_lsn() + 40000000");
            Process receiver = start("pg_receivewal", "-D", directory.toString(), "--no-loop", "-E", end);
            await().atMost(PATIENCE).until(() -> !walSenders().isEmpty());
            // Its progress is told back, as the answers to keepalives are.
            await().atMost(PATIENCE).until(() -> {
                observer.run("INSERT INTO streamed SELECT repeat('x', 1000) FROM generate_series(1, 10000)");
                return !receiver.isAlive();
            });
            assertThat(outputOf(receiver)).doesNotContain("error");
            assertThat(receiver.exitValue()).isZero();
        }
        try (var files = Files.list(directory)) {
            assertThat(files).hasSizeGreaterThan(1);
        }
        awaitNoWalSender();
    }

    @Test
    void changesAreDecodedAndStreamed() throws Exception {
        Path changes = directory.resolve("changes");
        try (RawClient observer = postgres.superuser(Accounts.DATABASE)) {
            observer.run("SET synchronous_commit = on");
            observer.run("CREATE TABLE IF NOT EXISTS decoded (t text)");
            observer.run("CREATE PUBLICATION everything FOR TABLE decoded");
            tool("pg_recvlogical", "-d", Accounts.DATABASE, "-S", "decoding", "-P", "pgoutput", "--create-slot");
            observer.run("INSERT INTO decoded VALUES ('told to everybody')");
            String end = observer.value("SELECT pg_current_wal_flush_lsn()");
            tool(
                    "pg_recvlogical",
                    "-d",
                    Accounts.DATABASE,
                    "-S",
                    "decoding",
                    "--start",
                    "-o",
                    "proto_version=1",
                    "-o",
                    "publication_names=everything",
                    "-n",
                    "-E",
                    end,
                    "-f",
                    changes.toString());
            tool("pg_recvlogical", "-d", Accounts.DATABASE, "-S", "decoding", "--drop-slot");
            observer.run("DROP PUBLICATION everything");
        }
        assertThat(Files.readString(changes, StandardCharsets.ISO_8859_1)).contains("told to everybody");
    }

    @Test
    void psqlSpeaksReplicationCommandsAndSql() throws Exception {
        String output = tool(
                "psql", "-XAt", "-d", "dbname=app replication=database", "-c", "IDENTIFY_SYSTEM", "-c", "SELECT 6 * 7");
        assertThat(output).contains("|app").contains("42");
    }

    @Test
    void theServersOwnParametersAreToldAndTheClientsGoToTheServer() {
        try (RawClient client = weir.connect(LOGICAL.with("options", "-c work_mem=3MB -c geqo=off")
                .with("application_name", "standby 7")
                .with("TimeZone", "Asia/Tokyo"))) {
            assertThat(client.parameters())
                    .containsEntry("application_name", "standby 7")
                    .containsEntry("TimeZone", "Asia/Tokyo");
            assertThat(client.value("SHOW work_mem")).isEqualTo("3MB");
        }
    }

    @Test
    void theConsoleAndTheLogTellWhoReplicates() {
        try (LogLines log = LogLines.of("dev.weir.proxy.client");
                RawClient _ = weir.connect(PHYSICAL);
                RawClient _ = weir.connect(LOGICAL);
                RawClient console = weir.console()) {
            assertThat(Shown.rows(console, "SHOW CLIENTS"))
                    .filteredOn(row -> !row.get("database").equals("pgbouncer"))
                    .extracting(row -> row.get("database") + " " + row.get("replication") + " " + row.get("state"))
                    .containsExactlyInAnyOrder("replication physical active", "app logical active");
            List<Map<String, String>> servers = Shown.rows(console, "SHOW SERVERS");
            assertThat(servers)
                    .extracting(row -> row.get("database") + " " + row.get("replication") + " " + row.get("state"))
                    .containsExactlyInAnyOrder("replication physical active", "app logical active");
            assertThat(servers).noneMatch(row -> row.getOrDefault("link", "").isEmpty());
            assertThat(weir.pool("app", "postgres"))
                    .containsEntry("sv_active", "1")
                    .containsEntry("cl_active", "1");
            assertThat(log.lines())
                    .anyMatch(line -> line.endsWith("login attempt: db=app user=postgres tls=no replication=logical"))
                    .anyMatch(line ->
                            line.endsWith("login attempt: db=replication user=postgres tls=no replication=physical"));
        }
        awaitNoWalSender();
        weir.awaitPool("app", "postgres", "sv_active", "0");
        assertThat(weir.pool("app", "postgres")).containsEntry("sv_idle", "0").containsEntry("cl_active", "0");
    }

    @Test
    void anIdleServerGivesWayInAFullPoolAndAnotherReplicationClientWaitsForTheFirst() {
        weir.close();
        weir = setup().set("default_pool_size", "1").start();
        try (RawClient ordinary = weir.connect(Accounts.SUPERUSER)) {
            ordinary.run("SELECT 1");
            weir.awaitPool("app", "postgres", "sv_idle", "1");
            RawClient second = RawClient.open(weir.tcp());
            try (second;
                    RawClient first = weir.connect(LOGICAL)) {
                assertThat(first.value("SELECT 'replicating'")).isEqualTo("replicating");
                assertThat(postgres.backends("app")).isEmpty();
                second.send(LOGICAL.startupMessage());
                ordinary.send(Frontend.query("SELECT 'late'"));
                weir.awaitPool("app", "postgres", "cl_waiting", "1");
            }
            assertThat(ordinary.readUntilReady().toString()).contains("late");
        }
    }

    @Test
    void whatPostgresRefusesTheClientIsTold() {
        try (RawClient client = RawClient.open(weir.tcp())) {
            var answer = client.tryLogin(Accounts.APP.with("replication", "database"));
            assertThat(answer.getLast().type()).isEqualTo('E');
            assertThat(answer.getLast().text()).contains("must be superuser or replication role");
            assertThat(answer.getLast().sqlState()).isEqualTo("42501");
        }
        try (RawClient ordinary = weir.connect(Accounts.APP)) {
            assertThat(ordinary.value("SELECT 'unharmed'")).isEqualTo("unharmed");
        }
    }

    @Test
    void aRuleForADatabaseLetsNoPhysicalReplicationThroughUnderAnotherSpelling() {
        weir.close();
        weir = setup().hba("host app all all trust").start();
        try (RawClient client = RawClient.open(weir.tcp())) {
            var answer = client.tryLogin(LOGICAL.with("REPLICATION", "true"));
            assertThat(answer.getLast().toString()).contains("unrecognized configuration parameter \"REPLICATION\"");
        }
        awaitNoWalSender();
    }

    @Test
    void reconnectEndsItBetweenTwoCommandsAndKillAtOnce() {
        try (RawClient console = weir.console();
                RawClient client = weir.connect(LOGICAL)) {
            client.value("SELECT 1");
            console.run("RECONNECT app");
            assertThat(client.read().text()).contains("database configuration changed");
            assertThat(client.readToEnd()).isEmpty();
        }
        try (RawClient console = weir.console();
                RawClient client = weir.connect(PHYSICAL)) {
            console.run("KILL replication");
            assertThat(client.read().text()).contains("database removed");
            assertThat(client.readToEnd()).isEmpty();
            console.run("RESUME replication");
        }
        awaitNoWalSender();
    }

    @Test
    void aRunningStatementIsCancelled() {
        try (RawClient client = weir.connect(LOGICAL)) {
            client.send(Frontend.query("SELECT pg_sleep(60)"));
            try (RawClient observer = postgres.superuser("postgres")) {
                await().atMost(PATIENCE)
                        .until(() -> observer.value(
                                        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                                .equals("1"));
            }
            client.cancel();
            assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("57014");
            client.readUntilReady();
            assertThat(client.value("SELECT 'alive'")).isEqualTo("alive");
        }
    }

    @Test
    void aClientThatDoesNotReadStopsItsServer() {
        try (RawClient client = weir.connect(PHYSICAL)) {
            client.send(Frontend.query("BASE_BACKUP (CHECKPOINT 'fast', WAIT false)"));
            try (RawClient observer = postgres.superuser("postgres")) {
                await().atMost(PATIENCE)
                        .until(() -> observer.value("SELECT count(*) FROM pg_stat_activity"
                                        + " WHERE backend_type = 'walsender' AND wait_event = 'ClientWrite'")
                                .equals("1"));
            }
            try (RawClient other = weir.connect(Accounts.APP)) {
                assertThat(other.value("SELECT 'served meanwhile'")).isEqualTo("served meanwhile");
            }
        }
        awaitNoWalSender();
    }

    @Test
    void aServerThatDiesIsTold() {
        try (RawClient client = weir.connect(LOGICAL)) {
            try (RawClient observer = postgres.superuser("postgres")) {
                observer.value("SELECT pg_terminate_backend(" + walSenders().getFirst() + ")");
            }
            assertThat(client.read().sqlState()).isEqualTo("57P01");
            assertThat(client.readToEnd()).isEmpty();
        }
    }
}
