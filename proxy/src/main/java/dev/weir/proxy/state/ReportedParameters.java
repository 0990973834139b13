package dev.weir.proxy.state;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values that PostgreSQL reports by ParameterStatus, as one server last reported them or as one client was last told.
 *
 * <p>Immutable, in the order of reporting; names keep PostgreSQL's spelling and are compared without regard to case.
 */
public final class ReportedParameters {

    /** Nothing reported. */
    public static final ReportedParameters NONE = new ReportedParameters(new String[0], new String[0]);

    /** Reported facts about the server or the login that no client can carry along with it. */
    private static final Set<String> FACTS = Set.of(
            "server_version",
            "server_encoding",
            "is_superuser",
            "session_authorization",
            "integer_datetimes",
            "in_hot_standby");

    private final String[] names;
    private final String[] values;

    private ReportedParameters(String[] names, String[] values) {
        this.names = names;
        this.values = values;
    }

    /** Whether a reported parameter of this name (in lower case) is a client's own choice and follows it. */
    public static boolean followsClient(String lowerCaseName) {
        return !FACTS.contains(lowerCaseName);
    }

    /** The value, or null when it was never reported. */
    public @Nullable String find(String name) {
        int at = indexOf(name);
        return at < 0 ? null : values[at];
    }

    /** The number that {@code server_version} begins with, 0 if there is none. */
    public int majorVersion() {
        String version = find("server_version");
        int major = 0;
        for (int i = 0;
                version != null && i < Math.min(version.length(), 4) && Character.isDigit(version.charAt(i));
                i++) {
            major = major * 10 + version.charAt(i) - '0';
        }
        return major;
    }

    /** These values with one changed or added. */
    public ReportedParameters with(String name, String value) {
        int at = indexOf(name);
        if (at >= 0) {
            if (values[at].equals(value)) {
                return this;
            }
            String[] changed = values.clone();
            changed[at] = value;
            return new ReportedParameters(names, changed);
        }
        String[] moreNames = Arrays.copyOf(names, names.length + 1);
        String[] moreValues = Arrays.copyOf(values, values.length + 1);
        moreNames[names.length] = name;
        moreValues[values.length] = value;
        return new ReportedParameters(moreNames, moreValues);
    }

    /** These values with those of {@code settings} that are reported ones in their place. */
    public ReportedParameters with(SessionSettings settings) {
        ReportedParameters result = this;
        for (int i = 0; i < names.length; i++) {
            String value = settings.find(names[i].toLowerCase(Locale.ROOT));
            if (value != null) {
                result = result.with(names[i], value);
            }
        }
        return result;
    }

    /** Calls back for each parameter in the order of reporting. */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < names.length; i++) {
            action.accept(names[i], values[i]);
        }
    }

    /** Calls back for each parameter whose value {@code known} lacks or has differently. */
    public void forEachUnlike(ReportedParameters known, BiConsumer<String, String> action) {
        for (int i = 0; i < names.length; i++) {
            // Servers of one pool report in one order, so the value usually stands in the same place.
            String theirs =
                    i < known.names.length && known.names[i].equals(names[i]) ? known.values[i] : known.find(names[i]);
            if (!values[i].equals(theirs)) {
                action.accept(names[i], values[i]);
            }
        }
    }

    private int indexOf(String name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof ReportedParameters that
                        && Arrays.equals(names, that.names)
                        && Arrays.equals(values, that.values));
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(names) + Arrays.hashCode(values);
    }
}
