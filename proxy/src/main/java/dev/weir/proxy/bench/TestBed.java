package dev.weir.proxy.bench;

import dev.weir.proxy.demo.DemoFailed;
import dev.weir.proxy.demo.EmbeddedPostgres;
import dev.weir.proxy.net.ConnectionUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// All contestants, ready to be measured, and what they need: PostgreSQL, a directory, certificates. Started and closed
/// by one thread.
final class TestBed implements AutoCloseable {

    private static final String LOOPBACK = "127.0.0.1";
    private static final String USER = "demo";
    private static final String DATABASE = "demo";
    private static final String PASSWORD = "bench";
    private static final String SUPERUSER = "postgres";
    /// Of each pooler: all pools of all setups, and of clients of PostgreSQL itself.
    private static final int SERVERS_OF_A_POOLER = 150;

    private final List<Contestant> contestants = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Deque<AutoCloseable> closing = new ArrayDeque<>();
    private final Path directory;

    private TestBed(Path directory) {
        this.directory = directory;
    }

    /// Starts PostgreSQL and prepares the poolers, which start when they are needed.
    ///
    /// @throws BenchFailed if that cannot be done here; nothing is left behind then
    static TestBed prepare(BenchPlan plan) throws BenchFailed, InterruptedException {
        WorkDirectory work;
        try {
            work = WorkDirectory.make();
        } catch (IOException e) {
            throw new BenchFailed("no directory can be made: " + e.getMessage(), e);
        }
        TestBed bed = new TestBed(work.path());
        bed.closing.push(work);
        try {
            bed.fill(plan);
            return bed;
        } catch (BenchFailed | InterruptedException | RuntimeException | Error e) {
            bed.close();
            throw e;
        }
    }

    private void fill(BenchPlan plan) throws BenchFailed, InterruptedException {
        String url = plan.url();
        EmbeddedPostgres embedded = null;
        Endpoint postgres;
        if (url == null) {
            int port = freePort();
            embedded = embedded(port, plan);
            postgres = new Endpoint(LOOPBACK, port, DATABASE, USER, PASSWORD);
        } else {
            postgres = given(url);
        }
        String account = account(embedded);
        PoolerFiles files = new PoolerFiles(directory, account, postgres);
        TlsFiles tls = TlsFiles.make(files);
        if (embedded != null) {
            encrypt(postgres, tls);
        }
        contestants.add(new DirectPostgres(postgres));
        PoolerProgram pgbouncer = pgbouncer(plan.pgbouncer(), account);
        if (pgbouncer != null) {
            add(pgbouncer, files, tls);
        }
        add(PoolerProgram.weir("Weir", ownLauncher()), files, tls);
        for (BenchPlan.OtherWeir weir : plan.weirs()) {
            add(PoolerProgram.weir(weir.label(), weir.launcher().toAbsolutePath()), files, tls);
        }
    }

    private EmbeddedPostgres embedded(int port, BenchPlan plan) throws BenchFailed {
        int connections = SERVERS_OF_A_POOLER * (3 + plan.weirs().size());
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.start(List.of(
                    "-c",
                    "listen_addresses=" + LOOPBACK,
                    "-c",
                    "port=" + port,
                    "-c",
                    "max_connections=" + connections));
            closing.push(postgres);
            return postgres;
        } catch (DemoFailed e) {
            throw new BenchFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private static Endpoint given(String url) throws BenchFailed {
        try {
            ConnectionUrl read = ConnectionUrl.of(url);
            if (read.isUnix()) {
                throw new BenchFailed("a Unix socket cannot be measured: give a host and a port");
            }
            return new Endpoint(read.host(), read.port(), read.database(), read.user(), read.password());
        } catch (IllegalArgumentException e) {
            throw new BenchFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private static String account(@Nullable EmbeddedPostgres embedded) throws BenchFailed {
        try {
            return embedded == null ? EmbeddedPostgres.unprivilegedAccount() : embedded.account();
        } catch (DemoFailed e) {
            throw new BenchFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private static void encrypt(Endpoint postgres, TlsFiles tls) throws BenchFailed {
        Endpoint superuser = new Endpoint(postgres.host(), postgres.port(), SUPERUSER, SUPERUSER, postgres.password());
        try (BareClient client = BareClient.connect(superuser, BareClient.smallBuffer())) {
            client.query("ALTER SYSTEM SET ssl_cert_file = '%s'".formatted(tls.certificate()));
            client.query("ALTER SYSTEM SET ssl_key_file = '%s'".formatted(tls.key()));
            client.query("ALTER SYSTEM SET ssl = on");
            client.query("SELECT pg_reload_conf()");
        } catch (IOException e) {
            throw new BenchFailed("PostgreSQL cannot be set up for TLS: " + e.getMessage(), e);
        }
    }

    private @Nullable PoolerProgram pgbouncer(@Nullable Path told, String account) throws BenchFailed {
        Path program = told == null ? Programs.find("pgbouncer") : told.toAbsolutePath();
        String version = program == null ? "" : Programs.version(program);
        if (program == null || !version.toLowerCase(Locale.ROOT).startsWith("pgbouncer")) {
            if (told != null) {
                throw new BenchFailed(told + " is no PgBouncer that runs here");
            }
            notes.add("PgBouncer is not installed: ratios are to PostgreSQL itself.");
            return null;
        }
        return PoolerProgram.pgbouncer(program, version, account);
    }

    private static Path ownLauncher() throws BenchFailed {
        String home = System.getProperty("weir.home");
        if (home == null) {
            throw new BenchFailed("only the launcher of a distribution can do this: it starts Weir as users do");
        }
        return Path.of(home, "weir").toAbsolutePath();
    }

    private void add(PoolerProgram program, PoolerFiles files, TlsFiles tls) {
        Pooler pooler = new Pooler(program, files, tls, directory);
        contestants.add(pooler);
        closing.push(pooler);
    }

    private static int freePort() throws BenchFailed {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        } catch (IOException e) {
            throw new BenchFailed("no port is free: " + e.getMessage(), e);
        }
    }

    /// In the order of the report: PostgreSQL, PgBouncer if it is there, Weir, other Weirs.
    List<Contestant> contestants() {
        return List.copyOf(contestants);
    }

    /// What is to be known besides.
    List<String> notes() {
        return List.copyOf(notes);
    }

    /// For files of the workloads.
    Path directory() {
        return directory;
    }

    /// Ends all that was started, the last first.
    @Override
    public void close() {
        while (!closing.isEmpty()) {
            try {
                closing.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("what was started cannot be ended", e);
            }
        }
    }
}
