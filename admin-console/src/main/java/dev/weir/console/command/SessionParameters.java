package dev.weir.console.command;

import dev.weir.console.show.ShowVersion;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The parameters of a PostgreSQL session that clients set and ask for of their own accord. The console has no such
/// session: asked, it tells fixed values; told, it listens politely.
public final class SessionParameters {

    /// What the welcome tells with ParameterStatus, in its order. `server_version` keeps the shape `x.y.z/bouncer`,
    /// which monitoring looks for.
    public static final Map<String, String> WELCOME = welcome();

    private static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("server_version", ShowVersion.PGBOUNCER + "/bouncer"),
            Map.entry("server_version_num", serverVersionNumber()),
            Map.entry("client_encoding", "UTF-8"),
            Map.entry("server_encoding", "UTF8"),
            Map.entry("datestyle", "ISO"),
            Map.entry("timezone", "GMT"),
            Map.entry("intervalstyle", "postgres"),
            Map.entry("standard_conforming_strings", "on"),
            Map.entry("integer_datetimes", "on"),
            Map.entry("is_superuser", "on"),
            Map.entry("in_hot_standby", "off"),
            Map.entry("transaction_isolation", "read committed"),
            Map.entry("default_transaction_isolation", "read committed"),
            Map.entry("transaction_read_only", "off"),
            Map.entry("default_transaction_read_only", "off"),
            Map.entry("search_path", "\"$user\", public"),
            Map.entry("extra_float_digits", "1"),
            Map.entry("bytea_output", "hex"),
            Map.entry("client_min_messages", "notice"),
            Map.entry("max_identifier_length", "63"),
            Map.entry("application_name", ""));

    /// Set by some client or other, but hardly ever asked for.
    private static final Set<String> SETTABLE = Set.of(
            "backslash_quote",
            "default_transaction_deferrable",
            "escape_string_warning",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "jit",
            "lc_messages",
            "lc_monetary",
            "lc_numeric",
            "lc_time",
            "lock_timeout",
            "row_security",
            "statement_timeout",
            "synchronize_seqscans",
            "transform_null_equals",
            "work_mem",
            "xmloption");

    private SessionParameters() {}

    /// The value of a parameter whose name may be in any case; `null` when the console does not know it.
    static @Nullable String find(String name) {
        return KNOWN.get(name.toLowerCase(Locale.ROOT));
    }

    /// Whether a `SET` of it belongs to a session of PostgreSQL.
    static boolean isSettable(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return KNOWN.containsKey(lower) || SETTABLE.contains(lower);
    }

    private static String serverVersionNumber() {
        String[] parts = ShowVersion.PGBOUNCER.split("\\.", -1);
        return Integer.toString(
                Integer.parseInt(parts[0]) * 10_000 + Integer.parseInt(parts[1]) * 100 + Integer.parseInt(parts[2]));
    }

    private static Map<String, String> welcome() {
        Map<String, String> welcome = new LinkedHashMap<>();
        welcome.put("server_version", ShowVersion.PGBOUNCER + "/bouncer");
        welcome.put("client_encoding", "UTF8");
        welcome.put("server_encoding", "UTF8");
        welcome.put("DateStyle", "ISO");
        welcome.put("TimeZone", "GMT");
        welcome.put("standard_conforming_strings", "on");
        welcome.put("is_superuser", "on");
        return Collections.unmodifiableMap(welcome);
    }
}
