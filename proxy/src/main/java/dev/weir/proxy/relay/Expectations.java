package dev.weir.proxy.relay;

import dev.weir.proxy.wire.BackendType;
import org.jspecify.annotations.Nullable;

/**
 * What one server connection still owes: a ring with an entry for each message sent to it that PostgreSQL answers, in order.
 *
 * <p>It is the only truth about who owes what. The server's messages consume it ({@link #onMessage}); an error skips to the
 * next Sync as PostgreSQL does ("Message Flow", "Extended Query"); COPY eats the Syncs sent into it ("COPY Operations").
 * Nothing outstanding and a ReadyForQuery that says idle together mean that the server may go back to its pool.
 *
 * <pre>
 *   add(QUERY) add(PARSE) add(BIND) …  →  [ head … tail ]  →  onMessage('1'), onMessage('2') …
 * </pre>
 *
 * <p>Confined to the connection's event loop. Adding and consuming allocate nothing once the ring has grown.
 */
public final class Expectations {

    /** Kinds of entries: the message that was sent. */
    public static final byte QUERY = 1;

    public static final byte FUNCTION_CALL = 2;
    public static final byte PARSE = 3;
    public static final byte BIND = 4;
    public static final byte DESCRIBE = 5;
    public static final byte EXECUTE = 6;
    public static final byte CLOSE = 7;
    public static final byte SYNC = 8;
    /** CopyDone or CopyFail: never answered by itself, but it ends what COPY swallows. */
    public static final byte COPY_END = 9;

    /** Actions: the answer is the client's, */
    public static final byte FORWARD = 0x10;
    /** … it is ours and nobody else sees it, */
    public static final byte SWALLOW = 0x20;
    /** … or the server was never asked and we say it ourselves when its turn comes. */
    public static final byte INVENT = 0x40;

    /** Answer of {@link #onMessage} for a message that nothing outstanding explains. */
    public static final byte UNEXPECTED = 0;

    private static final int KIND = 0x0f;
    private static final int ACTION = 0x70;

    private byte[] entries = new byte[16];
    private @Nullable Undo[] undos = new @Nullable Undo[16];
    private int head;
    private int size;

    private boolean copyIn;
    /** After an error: PostgreSQL ignores everything up to a Sync that the client has not sent yet. */
    private boolean skipping;
    /** Messages of the extended protocol were sent and no Sync behind them. */
    private boolean unsynced;
    /** A Sync was dropped that COPY probably, but not certainly, ignored. */
    private boolean ambiguous;

    /** Notes a message as sent (or, for {@link #INVENT}, as not sent). */
    public void add(byte kind, byte action) {
        add(kind, action, null);
    }

    /**
     * As {@link #add(byte, byte)}; {@code undo} runs if the answer turns out to be an error or never comes; of a Sync, only
     * if it never comes.
     */
    public void add(byte kind, byte action, @Nullable Undo undo) {
        if (skipping) {
            if (kind != SYNC) {
                if (undo != null) {
                    undo.skip();
                }
                return;
            }
            skipping = false;
        }
        if (kind == COPY_END) {
            if (size == 0) {
                return;
            }
        } else {
            unsynced = kind >= PARSE && kind <= CLOSE;
        }
        if (size == entries.length) {
            grow();
        }
        int at = (head + size) & (entries.length - 1);
        entries[at] = (byte) (kind | action);
        undos[at] = undo;
        size++;
    }

    /** Number of entries. */
    public int size() {
        return size;
    }

    /** Nothing is owed. */
    public boolean isEmpty() {
        return size == 0;
    }

    /** Whether something is owed, all of which will be answered without a further message. */
    public boolean areAnsweredAlone() {
        return size > 0 && !needsSync() && !copyIn;
    }

    /** As {@link #areAnsweredAlone}, if perhaps not the last of it. */
    public boolean areSomeAnsweredAlone() {
        return areAnsweredAlone() || (!copyIn && owesReady());
    }

    /** Whether the server waits for COPY data. */
    public boolean isCopyIn() {
        return copyIn;
    }

    /** Whether the server waits for COPY data whose end has not been sent. */
    public boolean isCopyOpen() {
        return copyIn && findCopyEnd() < 0;
    }

    /** Whether only a Sync brings the next ReadyForQuery. */
    public boolean needsSync() {
        return unsynced || skipping;
    }

    /** Whether the count of ReadyForQuery messages to come is not certain: such a server must not serve anybody else. */
    public boolean isAmbiguous() {
        return ambiguous;
    }

    /** Whether a ReadyForQuery is to come for what was sent. */
    public boolean owesReady() {
        for (int i = 0; i < size; i++) {
            int kind = kindAt(i);
            if (kind == QUERY || kind == FUNCTION_CALL || kind == SYNC) {
                return true;
            }
        }
        return false;
    }

    /** How many ReadyForQuery are to come that are the client's. */
    public int readyOwedToUser() {
        int owed = 0;
        for (int i = 0; i < size; i++) {
            int kind = kindAt(i);
            boolean forwarded = (entries[(head + i) & (entries.length - 1)] & FORWARD) != 0;
            owed += forwarded && (kind == QUERY || kind == FUNCTION_CALL || kind == SYNC) ? 1 : 0;
        }
        return owed;
    }

    /** Whether messages sent now are ignored by the server until a Sync. */
    public boolean isSkipping() {
        return skipping;
    }

    /** The kind in front, 0 when there is none. */
    public int headKind() {
        return size == 0 ? 0 : entries[head] & KIND;
    }

    /** The action in front, {@link #UNEXPECTED} when there is none. */
    public byte headAction() {
        return size == 0 ? UNEXPECTED : (byte) (entries[head] & ACTION);
    }

    /** Whether the answer in front is to be invented now. */
    public boolean isInventionDue() {
        return size > 0 && (entries[head] & INVENT) != 0;
    }

    /** The words of the answer in front, null if it has none of its own. */
    public @Nullable Answer headAnswer() {
        return size > 0 && undos[head] instanceof Answer answer ? answer : null;
    }

    /** What was noted for the message in front, null if nothing was. */
    public @Nullable Undo headUndo() {
        return size == 0 ? null : undos[head];
    }

    /** Who wants to know what the answer in front describes, null if nobody does. */
    public @Nullable Described headDescribed() {
        return size > 0 && undos[head] instanceof Described described ? described : null;
    }

    /**
     * Takes the entry in front if it is to be invented now.
     *
     * @return its kind, or 0 when the next answer is the server's
     */
    public int takeInvention() {
        if (size == 0 || (entries[head] & INVENT) == 0) {
            return 0;
        }
        int kind = entries[head] & KIND;
        pop();
        return kind;
    }

    /**
     * A message of the server that may answer something.
     *
     * @return {@link #FORWARD}, {@link #SWALLOW} or {@link #UNEXPECTED}
     */
    public byte onMessage(byte type) {
        byte action = headAction();
        int kind = headKind();
        return switch (type) {
            case BackendType.PARSE_COMPLETE -> answers(kind == PARSE, action);
            case BackendType.BIND_COMPLETE -> answers(kind == BIND, action);
            case BackendType.CLOSE_COMPLETE -> answers(kind == CLOSE, action);
            case BackendType.PARAMETER_DESCRIPTION -> kind == DESCRIBE ? action : UNEXPECTED;
            case BackendType.ROW_DESCRIPTION -> kind == QUERY ? action : answers(kind == DESCRIBE, action);
            case BackendType.NO_DATA -> answers(kind == DESCRIBE, action);
            case BackendType.DATA_ROW, BackendType.COPY_DATA, BackendType.COPY_DONE, BackendType.COPY_OUT_RESPONSE ->
                kind == QUERY || kind == EXECUTE ? action : UNEXPECTED;
            case BackendType.COPY_IN_RESPONSE, BackendType.COPY_BOTH_RESPONSE -> {
                if (kind != QUERY && kind != EXECUTE) {
                    yield UNEXPECTED;
                }
                copyIn = true;
                yield action;
            }
            case BackendType.COMMAND_COMPLETE, BackendType.EMPTY_QUERY_RESPONSE, BackendType.PORTAL_SUSPENDED -> {
                if (copyIn) {
                    endCopy();
                }
                yield kind == QUERY ? action : answers(kind == EXECUTE, action);
            }
            case BackendType.FUNCTION_CALL_RESPONSE -> kind == FUNCTION_CALL ? action : UNEXPECTED;
            case BackendType.ERROR_RESPONSE -> onError(kind, action);
            case BackendType.READY_FOR_QUERY -> answers(kind == QUERY || kind == FUNCTION_CALL || kind == SYNC, action);
            default -> UNEXPECTED;
        };
    }

    /** Forgets everything, undoing what was noted: the connection is gone. */
    public void clear() {
        drop(size);
        copyIn = false;
        skipping = false;
        unsynced = false;
    }

    private byte answers(boolean fits, byte action) {
        if (!fits) {
            return UNEXPECTED;
        }
        pop();
        return action;
    }

    private byte onError(int kind, byte action) {
        boolean copyOpen = copyIn && kind == QUERY && findCopyEnd() < 0;
        int behind = copyOpen ? 1 : copyIn ? findEndOfFailedCopy() : 1;
        copyIn = false;
        return switch (kind) {
            case 0 -> UNEXPECTED;
            case QUERY, FUNCTION_CALL -> {
                undo(0, 1); // its ReadyForQuery is still to come
                removeBehindHead(behind - 1);
                if (copyOpen) {
                    removeSyncsBehindHead();
                }
                yield action;
            }
            case SYNC -> action;
            default -> {
                while (behind < size && kindAt(behind) != SYNC) {
                    behind++;
                }
                drop(behind);
                skipping = size == 0;
                // The error of a message that we sent on the client's behalf is the answer to the client's own.
                yield FORWARD;
            }
        };
    }

    /** A COPY that went well has read everything up to the client's CopyDone. */
    private void endCopy() {
        copyIn = false;
        int end = findCopyEnd();
        if (end > 0) {
            removeBehindHead(end);
            if (headKind() == EXECUTE && isLastButForCopyEnds()) {
                unsynced = true; // COPY has read the Sync, if there was one
            }
        }
    }

    /**
     * A COPY that failed: what lies between it and CopyDone or CopyFail was read by it, or is still to come and will be
     * ignored. Only if a Sync is among that is it uncertain who has read it.
     *
     * @return where the entries begin that have nothing to do with it
     */
    private int findEndOfFailedCopy() {
        int end = findCopyEnd();
        int behind = end < 0 ? size : end + 1;
        for (int i = 1; i < behind; i++) {
            if (kindAt(i) != COPY_END) {
                ambiguous = true;
            }
        }
        return behind;
    }

    /**
     * The end of a failed COPY was never sent: a Query behind it is answered after all, now that there is no COPY. Whether a
     * Sync is, depends on whether the COPY has read it.
     */
    private void removeSyncsBehindHead() {
        int kept = 1;
        for (int i = 1; i < size; i++) {
            if (kindAt(i) == SYNC) {
                ambiguous = true;
            } else {
                int from = (head + i) & (entries.length - 1);
                int to = (head + kept) & (entries.length - 1);
                entries[to] = entries[from];
                undos[to] = undos[from];
                kept++;
            }
        }
        size = kept;
    }

    private int findCopyEnd() {
        for (int i = 1; i < size; i++) {
            if (kindAt(i) == COPY_END) {
                return i;
            }
        }
        return -1;
    }

    private boolean isLastButForCopyEnds() {
        int behind = 1;
        while (behind < size && kindAt(behind) == COPY_END) {
            behind++;
        }
        return behind == size;
    }

    private int kindAt(int index) {
        return entries[(head + index) & (entries.length - 1)] & KIND;
    }

    /** Removes {@code count} entries behind the one in front, which moves up to take their place. */
    private void removeBehindHead(int count) {
        if (count > 0) {
            undo(1, count + 1);
            byte first = entries[head];
            Undo undo = undos[head];
            undos[head] = null;
            advance(count);
            entries[head] = first;
            undos[head] = undo;
        }
    }

    private void pop() {
        undos[head] = null;
        advance(1);
        while (size > 0 && headKind() == COPY_END) {
            advance(1); // its COPY never began or has ended
        }
    }

    private void drop(int count) {
        undo(0, count);
        advance(count);
    }

    /**
     * Undoes the last first: what was noted for a message may build on what was noted for those before it. Of the one in
     * front PostgreSQL has said what is wrong, those behind it are skipped.
     */
    private void undo(int from, int to) {
        for (int i = to - 1; i >= from; i--) {
            int at = (head + i) & (entries.length - 1);
            Undo undo = undos[at];
            if (undo != null) {
                undos[at] = null;
                if (i == 0) {
                    undo.undo();
                } else {
                    undo.skip();
                }
            }
        }
    }

    private void advance(int count) {
        head = (head + count) & (entries.length - 1);
        size -= count;
    }

    private void grow() {
        byte[] entriesGrown = new byte[entries.length * 2];
        @Nullable Undo[] undosGrown = new @Nullable Undo[entries.length * 2];
        for (int i = 0; i < size; i++) {
            int at = (head + i) & (entries.length - 1);
            entriesGrown[i] = entries[at];
            undosGrown[i] = undos[at];
        }
        entries = entriesGrown;
        undos = undosGrown;
        head = 0;
    }
}
