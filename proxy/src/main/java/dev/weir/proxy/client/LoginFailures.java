package dev.weir.proxy.client;

import dev.weir.config.DatabaseConfig;
import dev.weir.proxy.wire.PgError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts clients that were not let in, by configured database and SQLSTATE. Whatever names clients make up, there is
/// one
/// count for all of them, so this does not grow. Thread-safe.
public final class LoginFailures {

    /// PostgreSQL passes on what it likes at a login; there are some 250 SQLSTATEs, and a server may invent more.
    private static final int KEYS_MAX = 10_000;

    private record Key(String database, String sqlState) {}

    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();

    /// What one count becomes for a reader.
    @FunctionalInterface
    public interface Reader<T> {
        /// Makes a row of a count.
        ///
        /// @param database empty where there is no such one
        T row(String database, String sqlState, long count);
    }

    void count(@Nullable DatabaseConfig database, PgError error) {
        String name = database == null ? "" : database.automatic() ? DatabaseConfig.WILDCARD : database.name();
        Key key = new Key(name, error.sqlState());
        if (counts.size() < KEYS_MAX || counts.containsKey(key)) {
            counts.computeIfAbsent(key, _ -> new LongAdder()).increment();
        }
    }

    /// All counts.
    public <T> List<T> read(Reader<T> reader) {
        List<T> rows = new ArrayList<>();
        counts.forEach((key, count) -> rows.add(reader.row(key.database(), key.sqlState(), count.sum())));
        return rows;
    }
}
