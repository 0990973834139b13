package dev.weir.proxy.state;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    private final String[] names;
    private final String[] values;
    private final int hash;

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
