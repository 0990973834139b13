package dev.weir.proxy.client;

import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.QueryProgress;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Query of which at least one statement names a prepared one: its text with our names in place of the client's, and what
 * becomes of these names as one statement after the other comes to its end. Noted for the Query. Confined to the client's event
 * loop.
 */
final class QueryScript implements QueryProgress {

    /** Longer texts are not kept until they are answered. */
    private static final int KEPT_BYTES_MAX = 64 << 10;

    /** Characters of the client's text that have been sent before. */
    private int sentBefore;

    /** A name in the client's text, and ours. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Edit(int from, int to, byte[] name) {}

    private final List<Edit> edits = new ArrayList<>();
    private final Set<PreparedStatement> needed = new LinkedHashSet<>();
    private final Set<PreparedStatement> fresh = new LinkedHashSet<>();
    private final Map<Integer, Runnable> steps = new HashMap<>();
    private final List<PreparedStatement> acquired = new ArrayList<>();
    private final Consumer<PreparedStatement> release;
    /** What the client calls them, by the server's names. */
    private final Map<String, String> names = new HashMap<>();
    /** The text as the client has sent it, null if it is not kept. */
    private byte @Nullable [] text;

    private @Nullable SentBatch repeatable;
    private int statements;

    /** @param release ends the use of a statement that was not prepared after all */
    QueryScript(Consumer<PreparedStatement> release) {
        this.release = release;
    }

    // ---- making ----

    void rename(int from, int to, PreparedStatement statement, String name) {
        edits.add(new Edit(from, to, statement.serverName()));
        names.put(statement.toString(), name);
    }

    /** The server must know it before it gets the text. */
    void need(PreparedStatement statement) {
        needed.add(statement);
    }

    /** The text prepares it, so that the server must not know it; its use passes over to this script. */
    void prepares(PreparedStatement statement) {
        fresh.add(statement);
        acquired.add(statement);
    }

    /** When the statement of this number, counted from 0, has come to its end. */
    void then(int number, Runnable step) {
        steps.put(number, step);
    }

    Set<PreparedStatement> needed() {
        return needed;
    }

    Set<PreparedStatement> fresh() {
        return fresh;
    }

    /** Whether it makes or ends statements. */
    boolean changesNames() {
        return !steps.isEmpty();
    }

    /** It will not be sent. */
    void discard() {
        acquired.forEach(release);
        acquired.clear();
    }

    // ---- sending ----

    /** How long the text gets. */
    int length(int before) {
        int length = before;
        for (Edit edit : edits) {
            length += edit.name.length - (edit.to - edit.from);
        }
        return length;
    }

    /** @param original the text as the client has sent it, or what is left of it */
    void write(ByteBuf out, byte[] original) {
        int from = 0;
        for (Edit edit : edits) {
            out.writeBytes(original, from, edit.from - from).writeBytes(edit.name);
            from = edit.to;
        }
        out.writeBytes(original, from, original.length - from);
        text = original.length <= KEPT_BYTES_MAX ? original : null;
    }

    /** If PostgreSQL refuses the first statement for tables that have changed, this can be sent once more. */
    void mayRepeat(SentBatch query) {
        repeatable = query;
    }

    /** What can be sent once more, null if nothing can. */
    @Nullable
    SentBatch repeatable() {
        return statements == 0 ? repeatable : null;
    }

    // ---- what comes back ----

    @Override
    public void onCommandComplete() {
        Runnable step = steps.get(statements);
        statements++;
        if (step != null) {
            step.run();
        }
    }

    /** The statement has been prepared and is the client's from now on. */
    void onPrepared(PreparedStatement statement) {
        acquired.remove(statement);
    }

    @Override
    public void undo() {
        discard();
    }

    /** So much of the client's text has been sent apart. */
    void isBehind(byte[] before) {
        sentBefore = characters(before, before.length);
    }

    @Override
    public int position(int sent) {
        byte[] original = text;
        return sentBefore + (original == null ? sent : position(sent, original));
    }

    @Override
    public @Nullable String nameOf(String serverName) {
        return names.get(serverName);
    }

    private int position(int sent, byte[] original) {
        int moved = 0;
        for (Edit edit : edits) {
            int start = characters(original, edit.from) + 1;
            int ours = edit.name.length;
            if (sent < start + moved) {
                break;
            }
            if (sent < start + moved + ours) {
                return start;
            }
            moved += ours - (characters(original, edit.to) + 1 - start);
        }
        return sent - moved;
    }

    /** In UTF-8 the bytes that continue a character do not count. */
    static int characters(byte[] text, int end) {
        int characters = 0;
        for (int i = 0; i < end; i++) {
            characters += (text[i] & 0xc0) == 0x80 ? 0 : 1;
        }
        return characters;
    }

    /** The Query of a text. */
    static byte[] message(byte[] text) {
        ByteBuf out = Unpooled.buffer(MessageFramer.HEADER_BYTES + text.length + 1);
        out.writeByte(FrontendType.QUERY).writeInt(4 + text.length + 1);
        return ByteBufUtil.getBytes(out.writeBytes(text).writeByte(0));
    }

    /** A text with another name in place of the one at {@code from}. */
    static byte[] renamed(byte[] text, int from, int to, byte[] name) {
        ByteBuf out = Unpooled.buffer(text.length - (to - from) + name.length);
        out.writeBytes(text, 0, from).writeBytes(name).writeBytes(text, to, text.length - to);
        return out.array();
    }
}
