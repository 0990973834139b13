package dev.weir.proxy.state;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Settings (GUCs) in which a session differs from what its server gives everybody at login: name, in lower case, to value.
 *
 * <p>A client has one such set, a server connection another: what was last applied to it. They are immutable, so equal
 * sets become the same object after the first comparison and every later one is a comparison of references.
 */
public final class SessionSettings {

    /** No difference. */
    public static final SessionSettings NONE = new SessionSettings(new String[0], new String[0]);

    /** Settings under which one and the same text may be understood as another statement. */
    private static final Set<String> MEANINGFUL = Set.of(
            "array_nulls",
            "backslash_quote",
            "bytea_output",
            "client_encoding",
            "datestyle",
            "default_text_search_config",
            "extra_float_digits",
            "intervalstyle",
            "lc_monetary",
            "lc_numeric",
            "lc_time",
            "role",
            "row_security",
            "search_path",
            "session_authorization",
            "standard_conforming_strings",
            "timezone",
            "timezone_abbreviations",
            "transform_null_equals",
            "xmlbinary",
            "xmloption");

    private static final AtomicLong UNLIKE = new AtomicLong();

    private final String[] names;
    private final String[] values;
    private final int hash;
    private @Nullable SessionSettings meaning;

    private SessionSettings(String[] names, String[] values) {
        this.names = names;
        this.values = values;
        this.hash = 31 * Arrays.hashCode(names) + Arrays.hashCode(values);
    }

    /** The given settings; names must be in lower case. */
    public static SessionSettings of(Map<String, String> settings) {
        if (settings.isEmpty()) {
            return NONE;
        }
        TreeMap<String, String> sorted = new TreeMap<>(settings);
        return new SessionSettings(
                sorted.keySet().toArray(new String[0]), sorted.values().toArray(new String[0]));
    }

    /** Settings that equal no others: those of a session of which nobody knows under which it runs just now. */
    public static SessionSettings unlikeAny() {
        SessionSettings unlike =
                new SessionSettings(new String[] {"*"}, new String[] {Long.toString(UNLIKE.incrementAndGet())});
        unlike.meaning = unlike; // nothing may be shared with others
        return unlike;
    }

    public boolean isEmpty() {
        return names.length == 0;
    }

    /** The value, or null when the session does not differ in this. */
    public @Nullable String find(String name) {
        int at = Arrays.binarySearch(names, name);
        return at < 0 ? null : values[at];
    }

    /** This set with one more or another value. */
    public SessionSettings with(String name, String value) {
        int at = Arrays.binarySearch(names, name);
        if (at >= 0) {
            if (values[at].equals(value)) {
                return this;
            }
            String[] changed = values.clone();
            changed[at] = value;
            return new SessionSettings(names, changed);
        }
        Map<String, String> all = asMap();
        all.put(name, value);
        return of(all);
    }

    /** This set without {@code name}. */
    public SessionSettings without(String name) {
        if (Arrays.binarySearch(names, name) < 0) {
            return this;
        }
        Map<String, String> all = asMap();
        all.remove(name);
        return of(all);
    }

    /**
     * Those among them that decide what a statement's text means. Statements prepared under equal ones can be shared; a
     * timeout or a custom setting makes no difference.
     */
    public SessionSettings meaning() {
        SessionSettings known = meaning;
        if (known == null) {
            Map<String, String> all = asMap();
            all.keySet().retainAll(MEANINGFUL);
            known = all.size() == names.length ? this : of(all);
            meaning = known; // the same whoever computes it
        }
        return known;
    }

    /** The names in order. */
    public List<String> names() {
        return List.of(names);
    }

    /** Calls back for each setting in order of name. */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < names.length; i++) {
            action.accept(names[i], values[i]);
        }
    }

    private Map<String, String> asMap() {
        Map<String, String> all = new TreeMap<>();
        forEach(all::put);
        return all;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof SessionSettings that
                        && hash == that.hash
                        && Arrays.equals(names, that.names)
                        && Arrays.equals(values, that.values));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Names only: values may be anything a user typed. */
    @Override
    public String toString() {
        return Arrays.toString(names);
    }
}
