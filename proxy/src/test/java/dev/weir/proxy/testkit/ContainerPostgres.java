package dev.weir.proxy.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// A PostgreSQL in a container of the official image. It has no Unix socket and no processes that a test could reach.
final class ContainerPostgres implements TestPostgres {
    static final String HBA_FILE = "/etc/weir-pg_hba.conf";

    private static final Map<Integer, ContainerPostgres> SHARED = new ConcurrentHashMap<>();
    private static final int PORT = PostgreSQLContainer.POSTGRESQL_PORT;
    private static final int READABLE_BY_ALL = 0x1A4; // 0644
    private static final long SHARED_MEMORY_BYTES = 256L << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final int majorVersion;
    private final PostgreSQLContainer container;

    private ContainerPostgres(int majorVersion) {
        this.majorVersion = majorVersion;
        this.container = container(majorVersion);
    }

    /// The one of this version that all tests share; it ends with the JVM.
    static ContainerPostgres shared(int majorVersion) {
        return SHARED.computeIfAbsent(majorVersion, ContainerPostgres::start);
    }

    private static ContainerPostgres start(int majorVersion) {
        PostgresOrigin.beQuiet();
        ContainerPostgres postgres = new ContainerPostgres(majorVersion);
        Scratch.atExit(postgres.container::stop);
        postgres.container.start();
        postgres.createAccounts();
        return postgres;
    }

    /// What is to be started: the same server as a [LocalPostgres], but that clients come from outside.
    static PostgreSQLContainer container(int majorVersion) {
        return new PostgreSQLContainer("postgres:" + majorVersion)
                .withDatabaseName("postgres")
                .withUsername(Accounts.SUPERUSER.user())
                .withPassword(Accounts.SUPERUSER.password())
                .withEnv("POSTGRES_INITDB_ARGS", "--encoding=UTF8 --locale=C --no-sync --auth-local=trust")
                .withCopyToContainer(hba(), HBA_FILE)
                .withCommand(command(majorVersion).toArray(String[]::new))
                .withSharedMemorySize(SHARED_MEMORY_BYTES)
                .withStartupTimeout(PATIENCE);
    }

    /// The pg_hba.conf, which the server's own user must be able to read.
    static Transferable hba() {
        return Transferable.of(String.join("\n", Accounts.hbaLines("all")) + "\n", READABLE_BY_ALL);
    }

    private static List<String> command(int majorVersion) {
        List<String> command = new ArrayList<>(List.of("postgres", "-c", "hba_file=" + HBA_FILE));
        TestPostgres.quickSettings(majorVersion).forEach((name, value) -> {
            command.add("-c");
            command.add(name + "=" + unquoted(value));
        });
        return command;
    }

    /// Quotes belong to postgresql.conf; a command line does without.
    private static String unquoted(String value) {
        return value.replace("'", "");
    }

    @Override
    public int port() {
        return container.getMappedPort(PORT);
    }

    @Override
    public int majorVersion() {
        return majorVersion;
    }

    @Override
    public RawClient superuser(String database) {
        return RawClient.connect(tcp(), Accounts.SUPERUSER.to(database));
    }
}
