package dev.weir.proxy.statement;

import io.netty.buffer.ByteBuf;
import java.security.SecureRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The named statements of one client: its name to the shared statement. Looked up by the name's bytes where they lie in a
 * message, without making a string of them.
 *
 * <p>Open addressing with linear probing; confined to the client's event loop.
 */
public final class ClientStatements {

    /** Nobody can tell which names have the same hash: a client that chose such would keep the event loop searching. */
    private static final long SEED = new SecureRandom().nextLong();

    private byte[] @Nullable [] names = new byte[8] @Nullable [];
    private @Nullable PreparedStatement[] statements = new @Nullable PreparedStatement[8];
    private int size;
    private long bytes;

    /** The statement of that name, or null. */
    public @Nullable PreparedStatement find(ByteBuf in, int start, int length) {
        int mask = names.length - 1;
        for (int at = hash(in, start, length) & mask; names[at] != null; at = (at + 1) & mask) {
            if (matches(names[at], in, start, length)) {
                return statements[at];
            }
        }
        return null;
    }

    /** Adds or replaces; returns what was there. */
    public @Nullable PreparedStatement put(byte[] name, PreparedStatement statement) {
        if (size * 2 >= names.length) {
            grow();
        }
        int at = indexOf(name);
        PreparedStatement before = statements[at];
        if (before == null) {
            size++;
        } else {
            bytes -= before.definition().length;
        }
        bytes += statement.definition().length;
        names[at] = name;
        statements[at] = statement;
        return before;
    }

    /** Removes; returns what was there. */
    public @Nullable PreparedStatement remove(byte[] name) {
        int hole = indexOf(name);
        PreparedStatement removed = statements[hole];
        if (removed == null) {
            return null;
        }
        size--;
        bytes -= removed.definition().length;
        int mask = names.length - 1;
        // Entries behind the hole that probed past it move up, so that no probe ends too early.
        for (int at = (hole + 1) & mask; names[at] != null; at = (at + 1) & mask) {
            int home = hash(names[at]) & mask;
            if (((at - home) & mask) >= ((at - hole) & mask)) {
                names[hole] = names[at];
                statements[hole] = statements[at];
                hole = at;
            }
        }
        names[hole] = null;
        statements[hole] = null;
        return removed;
    }

    /** Empties the table and hands every statement to {@code action}. */
    public void clear(Consumer<PreparedStatement> action) {
        @Nullable PreparedStatement[] all = statements;
        names = new byte[8] @Nullable [];
        statements = new @Nullable PreparedStatement[8];
        size = 0;
        bytes = 0;
        for (PreparedStatement statement : all) {
            if (statement != null) {
                action.accept(statement);
            }
        }
    }

    /** Hands every name and its statement to {@code action}, which must not change the table. */
    public void forEach(BiConsumer<byte[], PreparedStatement> action) {
        for (int i = 0; i < names.length; i++) {
            byte[] name = names[i];
            PreparedStatement statement = statements[i];
            if (name != null && statement != null) {
                action.accept(name, statement);
            }
        }
    }

    /** Bytes of the definitions of all of them, shared ones in full. */
    public long bytes() {
        return bytes;
    }

    /** Number of names. */
    public int size() {
        return size;
    }

    private int indexOf(byte[] name) {
        int mask = names.length - 1;
        int at = hash(name) & mask;
        while (names[at] != null && !java.util.Arrays.equals(names[at], name)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        byte[] @Nullable [] oldNames = names;
        @Nullable PreparedStatement[] oldStatements = statements;
        names = new byte[oldNames.length * 2] @Nullable [];
        statements = new @Nullable PreparedStatement[oldNames.length * 2];
        for (int i = 0; i < oldNames.length; i++) {
            if (oldNames[i] != null) {
                int at = indexOf(oldNames[i]);
                names[at] = oldNames[i];
                statements[at] = oldStatements[i];
            }
        }
    }

    private static boolean matches(byte[] name, ByteBuf in, int start, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (in.getByte(start + i) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static int hash(ByteBuf in, int start, int length) {
        long hash = SEED;
        for (int i = 0; i < length; i++) {
            hash = mix(hash, in.getByte(start + i));
        }
        return (int) hash;
    }

    private static int hash(byte[] name) {
        long hash = SEED;
        for (byte b : name) {
            hash = mix(hash, b);
        }
        return (int) hash;
    }

    private static long mix(long hash, byte next) {
        long mixed = (hash ^ next) * 0x9e3779b97f4a7c15L;
        return mixed ^ (mixed >>> 32);
    }
}
