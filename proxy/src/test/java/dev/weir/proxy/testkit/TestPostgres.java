package dev.weir.proxy.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A real PostgreSQL on a port of the loopback interface, with the users and databases of [Accounts].
///
/// The ones of [#shared] and [#local] live as long as the test JVM and must be left as they are; one of [#start]
/// belongs
/// to its test. All are thread-safe to look at.
public sealed interface TestPostgres permits LocalPostgres, ContainerPostgres {

    /// The server of this version that all tests share: a container when Docker answers, else an embedded one.
    static TestPostgres shared(int majorVersion) {
        return PostgresOrigin.chosen() == PostgresOrigin.DOCKER
                ? ContainerPostgres.shared(majorVersion)
                : LocalPostgres.shared(majorVersion);
    }

    /// The shared server of the newest version.
    static TestPostgres shared() {
        return shared(18);
    }

    /// A shared server of the newest version for a test that needs its Unix socket, its directory or its processes.
    static LocalPostgres local() {
        return LocalPostgres.shared(18);
    }

    /// A server for one test that stops, starts or breaks it.
    ///
    /// @param settings what is to stand in postgresql.conf in place of the kit's own choice
    static LocalPostgres start(int majorVersion, Map<String, String> settings) {
        return LocalPostgres.start(majorVersion, settings);
    }

    /// The TCP port.
    int port();

    /// The major version, such as 18.
    int majorVersion();

    /// A superuser's session, for looking and for setting up.
    RawClient superuser(String database);

    /// The TCP address.
    default Endpoint tcp() {
        return Endpoint.loopback(port());
    }

    /// The process ids of the sessions that are open in a database, apart from the one that asks.
    default List<Integer> backends(String database) {
        try (RawClient client = superuser("postgres")) {
            return client
                    .rows("SELECT pid FROM pg_stat_activity WHERE datname = '" + database
                            + "' AND backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid")
                    .stream()
                    .map(row -> Integer.valueOf(String.valueOf(row.getFirst())))
                    .toList();
        }
    }

    /// Makes the users and databases of a server that has none.
    default void createAccounts() {
        try (RawClient client = superuser("postgres")) {
            Accounts.sql().forEach(client::run);
        }
        for (String database : List.of(Accounts.DATABASE, Accounts.OTHER_DATABASE)) {
            try (RawClient client = superuser(database)) {
                Accounts.sqlInDatabase().forEach(client::run);
            }
        }
    }

    /// What makes a server of this version quick and small, at the price of what it would lose in a crash.
    static Map<String, String> quickSettings(int majorVersion) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("max_connections", "200");
        settings.put("shared_buffers", "32MB");
        settings.put("fsync", "off");
        settings.put("synchronous_commit", "off");
        settings.put("full_page_writes", "off");
        settings.put("wal_level", "minimal");
        settings.put("max_wal_senders", "0");
        settings.put("autovacuum", "off");
        settings.put("jit", "off");
        settings.put("log_line_prefix", "'%m [%p] %u@%d '");
        if (majorVersion >= 18) {
            settings.put("io_method", "sync");
        }
        return settings;
    }
}
