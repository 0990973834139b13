package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Names whose use may leave something in a session although the text does not show it: of functions that change
/// settings, take locks or create temporary tables, and of what calls those. Case does not count. Immutable.
public final class SuspectNames {
    /// No name is suspect.
    public static final SuspectNames NONE =
            new SuspectNames(Set.of(), Set.of(), Set.of(), MentionedSettings.NONE, false);

    /// It is not known which are: every text is suspect, and which settings it changes can be told only when that is
    /// known.
    public static final SuspectNames ANY =
            new SuspectNames(Set.of(), Set.of(), Set.of(), new MentionedSettings(Set.of(), Set.of(), true, true), true);

    /// What PostgreSQL keeps of a name.
    private static final int NAME_BYTES_MAX = 63;

    private final Set<String> names;
    private final Set<String> loading;
    private final Set<String> unnamed;
    private final MentionedSettings settings;
    private final boolean any;
    private final byte[][] table;
    /// Some name is spelled by more than ASCII letters: in which encoding a text has it is not looked into.
    private final boolean odd;

    private SuspectNames(
            Collection<String> names,
            Collection<String> loading,
            Collection<String> unnamed,
            MentionedSettings settings,
            boolean any) {
        Set<String> lower = lower(names);
        this.names = Set.copyOf(lower);
        this.loading = Set.copyOf(lower(loading));
        this.unnamed = Set.copyOf(lower(unnamed));
        this.settings = settings;
        this.any = any;
        this.odd = lower.stream().anyMatch(SuspectNames::isOdd);
        this.table = new byte[Math.max(1, Integer.highestOneBit(lower.size()) << 2)][];
        lower.stream().filter(name -> !isOdd(name)).forEach(this::enter);
    }

    private static Set<String> lower(Collection<String> names) {
        Set<String> lower = new TreeSet<>();
        names.forEach(name -> lower.add(name.toLowerCase(Locale.ROOT)));
        return lower;
    }

    /// These names.
    ///
    /// @param loading those of them whose use may LOAD
    /// @param settings which settings their use may change
    public static SuspectNames of(Collection<String> names, Collection<String> loading, MentionedSettings settings) {
        return of(names, loading, Set.of(), settings);
    }

    /// These names.
    ///
    /// @param unnamed those of them whose use may set something of the application's own under a name that nobody
    ///     knows
    public static SuspectNames of(
            Collection<String> names,
            Collection<String> loading,
            Collection<String> unnamed,
            MentionedSettings settings) {
        return names.isEmpty() ? NONE : new SuspectNames(names, loading, unnamed, settings, false);
    }

    private static boolean isOdd(String name) {
        return name.chars().anyMatch(c -> c > 0x7e || c == '"');
    }

    private void enter(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        int slot = slot(bytes, 0, bytes.length);
        while (table[slot] != null) {
            slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = bytes;
    }

    private int slot(byte[] in, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + Bytes.lower(in[i]);
        }
        return (hash ^ hash >>> 16) & (table.length - 1);
    }

    /// Whether every text is.
    public boolean isAny() {
        return any;
    }

    /// Whether no text is suspect.
    public boolean isEmpty() {
        return names.isEmpty() && !any;
    }

    /// The names in lower case.
    public Set<String> names() {
        return names;
    }

    /// Those of them whose use may LOAD.
    public Set<String> loading() {
        return loading;
    }

    /// Those of them whose use may set what nobody knows the name of.
    public Set<String> unnamed() {
        return unnamed;
    }

    /// Which settings the use of any of them may change.
    public MentionedSettings settings() {
        return settings;
    }

    /// What a text may do by the names in it: [Effects#SUSPECT] if one of these is among them, and
    /// [Effects#LOADS_WITHIN] if it is one of those. Borrows the buffer and does not move its indexes.
    ///
    /// @param start absolute index in the buffer
    /// @param length in bytes
    public int effectsIn(ByteBuf in, int start, int length, SqlDialect dialect) {
        if (any) {
            return Effects.SUSPECT;
        }
        return names.isEmpty() ? 0 : NameSearch.find(this, in, start, length, dialect);
    }

    /// What any of the names may do.
    public int mostEffects() {
        if (isEmpty()) {
            return 0;
        }
        return Effects.SUSPECT
                | (loading.isEmpty() ? 0 : Effects.LOADS_WITHIN)
                | (unnamed.isEmpty() ? 0 : Effects.SETS_UNNAMED);
    }

    /// What the name that stands there may do.
    int effectsOf(byte[] in, int from, int end) {
        int to = Math.min(end, from + NAME_BYTES_MAX);
        if (odd && isOdd(in, from, to)) {
            return mostEffects();
        }
        for (int slot = slot(in, from, to); table[slot] != null; slot = (slot + 1) & (table.length - 1)) {
            if (isAt(table[slot], in, from, to)) {
                return loading.isEmpty() && unnamed.isEmpty()
                        ? Effects.SUSPECT
                        : effectsOf(new String(table[slot], StandardCharsets.US_ASCII));
            }
        }
        return 0;
    }

    private int effectsOf(String name) {
        return Effects.SUSPECT
                | (loading.contains(name) ? Effects.LOADS_WITHIN : 0)
                | (unnamed.contains(name) ? Effects.SETS_UNNAMED : 0);
    }

    private static boolean isOdd(byte[] in, int from, int to) {
        for (int i = from; i < to; i++) {
            if (in[i] < 0 || in[i] == '"') {
                return true;
            }
        }
        return false;
    }

    private static boolean isAt(byte[] name, byte[] in, int from, int to) {
        if (name.length != to - from) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (name[i] != Bytes.lower(in[from + i])) {
                return false;
            }
        }
        return true;
    }
}
