package dev.weir.proxy.insight;

import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.sql.NormalText;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a server was asked to execute last on behalf of its user, and what has come of it since its user last had all
 * answers. Of a prepared statement it knows which one it is; of other texts it keeps the beginning, in a buffer that is used
 * again and again.
 *
 * <p>Confined to the server's event loop. What is called for each query allocates nothing once the buffer has grown.
 */
public final class RunningStatement {

    private static final byte[] NONE = {};
    private static final int GROWTH_BYTES = 256;

    private @Nullable PreparedStatement prepared;
    private @Nullable UnnamedStatement unnamed;
    private byte[] copy = NONE;
    private int copied;
    private boolean cut;
    private SqlDialect dialect = SqlDialect.USUAL;
    private @Nullable QueryCounts sampled;
    private int weight;

    private int executions;
    private int errors;
    private long sqlState;
    private long rows;
    private long receivedBytes;
    private long sentBytes;

    /** Whether the first execution of those that were sent is a simple query. */
    private boolean endsWithReady;
    /** Whether it has ended. */
    private boolean ended;
    /** Those behind it that did not await its end. */
    private final SentTogether together = new SentTogether();

    /** Somebody else begins to use the server. */
    public void onLinked() {
        become(null, null);
        onAnswered();
    }

    // ---- what is executed ----

    /**
     * A simple query, or a text that will be bound although it has no name here.
     *
     * @param start of the text, without its terminator
     * @param bytesMax how much of it to keep
     */
    public void keep(ByteBuf in, int start, int length, int bytesMax, SqlDialect how) {
        become(null, null);
        int kept = Math.min(length, bytesMax);
        if (kept > copy.length) {
            copy = new byte[Math.min(bytesMax, kept + GROWTH_BYTES)];
        }
        in.getBytes(start, copy, 0, kept);
        copied = kept;
        cut = kept < length;
        dialect = how;
    }

    /** A statement is bound: the next executions are of this one. */
    @SuppressWarnings("ReferenceEquality")
    public boolean bind(@Nullable PreparedStatement named, @Nullable UnnamedStatement last, SqlDialect how) {
        if (named == prepared && last == unnamed && (named != null || last != null)) {
            return false;
        }
        become(named, last);
        dialect = how;
        return true;
    }

    /** What was parsed last is bound; nothing is known of it if another statement was bound since. */
    void bindParsed() {
        if (prepared != null || unnamed != null) {
            become(null, null);
        }
    }

    private void become(@Nullable PreparedStatement named, @Nullable UnnamedStatement last) {
        prepared = named;
        unnamed = last;
        copied = 0;
        cut = false;
        sampled = null;
    }

    /** What was bound is sent for execution, and nothing that is counted is under way. */
    public void onExecute() {
        onExecute(false);
    }

    /** @param readyEndsIt whether it is a simple query */
    void onExecute(boolean readyEndsIt) {
        executions++;
        endsWithReady = readyEndsIt;
    }

    /**
     * It is sent for execution before what was sent before it has been answered.
     *
     * @param counts of its statement, if it is counted
     * @return what to note among what the server owes
     */
    Undo onExecuteBehind(@Nullable QueryCounts counts, int standsFor, boolean readyEndsIt) {
        executions++;
        return together.send(counts, standsFor, readyEndsIt);
    }

    /** Something is about to be sent behind the first execution: see {@link SentTogether#begin}. */
    void onMore(@Nullable QueryCounts counts, int standsFor, long servedSinceNanos, long waitedNanos) {
        together.begin(counts, standsFor, endsWithReady, ended, servedSinceNanos, waitedNanos);
    }

    /** Whether several were sent together. */
    public boolean isTogether() {
        return together.isActive();
    }

    /** Whether some of several that were sent together have ended and are to be counted. */
    public boolean hasMoreToCome() {
        return together.hasEnded();
    }

    /** Counts those that have ended. */
    public void settle(long nowNanos) {
        receivedBytes = together.settle(nowNanos, receivedBytes);
    }

    void sample(@Nullable QueryCounts counts, int standsFor) {
        sampled = counts;
        weight = standsFor;
    }

    // ---- what comes of it ----

    /** Bytes go to the server. */
    public void onSent(int bytes) {
        receivedBytes += bytes;
    }

    /**
     * Bytes come from the server.
     *
     * @return how many
     */
    public int onReceived(int bytes) {
        sentBytes += bytes;
        return bytes;
    }

    /** What has come until now answers a question of our own, but for so many bytes. */
    public void onOwnAnswer(int bytesBehind) {
        sentBytes = bytesBehind;
    }

    /** The client does not hear the answer. */
    public void onAbandoned() {
        errors++;
    }

    /**
     * PostgreSQL has answered its user with an error, and those have been told of it for whom something was noted.
     * Keeps the SQLSTATE of the first.
     *
     * @param in holds the body of the message
     * @param bytesBehind how many bytes have arrived behind it
     */
    public void onError(ByteBuf in, int start, int length, int bytesBehind) {
        errors++;
        if (sqlState == 0) {
            sqlState = SqlStateField.read(in, start, length);
        }
        if (together.isActive()) {
            together.onError(bytesUntil(bytesBehind));
        }
    }

    /**
     * A command is complete: reads the number of rows at the end of its tag ("Message Formats").
     *
     * @param length with the terminator
     * @param noted what was noted for its message
     * @param bytesBehind how many bytes have arrived behind it
     */
    public void onCommandComplete(ByteBuf in, int start, int length, @Nullable Undo noted, int bytesBehind) {
        long count = 0;
        long digit = 1;
        for (int i = start + length - 2; i >= start && digit < 1_000_000_000_000_000L; i--) {
            int value = in.getByte(i) - '0';
            if (value < 0 || value > 9) {
                break;
            }
            count += value * digit;
            digit *= 10;
        }
        rows += count;
        ended |= !endsWithReady;
        if (together.isActive()) {
            together.onCommandComplete(noted, count, bytesUntil(bytesBehind), takesTime(in, start, length));
        }
    }

    /** Whether it is not one of those that only note something: BEGIN, START TRANSACTION, SAVEPOINT, SET. */
    private static boolean takesTime(ByteBuf tag, int start, int length) {
        byte initial = tag.getByte(start);
        byte second = length > 1 ? tag.getByte(start + 1) : 0;
        boolean notes = initial == 'B' || (initial == 'S' && (second == 'T' || second == 'A' || length == 4));
        return !notes;
    }

    /** An execution has ended without a tag: its text is empty, or it has more rows than were asked for. */
    public void onPortalEnd(@Nullable Undo noted, int bytesBehind) {
        ended |= !endsWithReady;
        if (together.isActive()) {
            together.onCommandComplete(noted, 0, bytesUntil(bytesBehind), true);
        }
    }

    /** A ReadyForQuery has come. */
    public void onReady(@Nullable Undo noted, int bytesBehind) {
        if (together.isActive()) {
            together.onReady(noted, bytesUntil(bytesBehind));
        }
    }

    /** What has come since the last execution ended, but for so many bytes. */
    private long bytesUntil(int bytesBehind) {
        long until = Math.max(sentBytes - bytesBehind, 0);
        sentBytes -= until;
        return until;
    }

    /** The user has all answers: what is counted begins anew. */
    void onAnswered() {
        if (together.isActive()) {
            together.forget();
        }
        ended = false;
        executions = 0;
        errors = 0;
        sqlState = 0;
        rows = 0;
        receivedBytes = 0;
        sentBytes = 0;
    }

    // ---- looking ----

    /** All of several that were sent together have ended. */
    void conclude(long nowNanos) {
        together.conclude(nowNanos, sentBytes, receivedBytes);
    }

    /** Whether anything has been executed since. */
    public boolean isExecuted() {
        return executions > 0;
    }

    int executions() {
        return executions;
    }

    /** How many errors PostgreSQL has answered with. */
    public int errors() {
        return errors;
    }

    /** The SQLSTATE of the first of them; empty for none. */
    public String sqlState() {
        return SqlStateField.text(sqlState);
    }

    /** Rows sent or changed. */
    public long rows() {
        return rows;
    }

    long receivedBytes() {
        return receivedBytes;
    }

    long sentBytes() {
        return sentBytes;
    }

    @Nullable
    PreparedStatement prepared() {
        return prepared;
    }

    @Nullable
    QueryCounts sampled() {
        return sampled;
    }

    int weight() {
        return weight;
    }

    /** Reads its text; false if it is not known. */
    boolean read(NormalText into) {
        byte[] definition = definition();
        if (definition != null) {
            into.read(definition, 0, textLength(definition), dialect);
            return true;
        }
        into.read(copy, 0, copied, dialect);
        return copied > 0;
    }

    /**
     * Its text for people to read; empty if it is not known. Allocates.
     *
     * @param bytesMax how long it may be
     * @param literals whether to show the constants in it
     */
    public String text(int bytesMax, boolean literals) {
        byte[] definition = definition();
        if (literals) {
            byte[] text = definition == null ? copy : definition;
            int length = definition == null ? copied : textLength(definition);
            int shown = Math.min(length, bytesMax);
            return NormalText.plain(text, shown, shown < length || (definition == null && cut));
        }
        NormalText normal = new NormalText(bytesMax);
        if (!read(normal)) {
            return "";
        }
        String text = normal.text();
        return definition == null && cut && !text.endsWith("…") ? text + " …" : text;
    }

    private byte @Nullable [] definition() {
        PreparedStatement named = prepared;
        UnnamedStatement last = unnamed;
        return named != null ? named.definition() : last != null ? last.definition() : null;
    }

    private static int textLength(byte[] definition) {
        int end = 0;
        while (end < definition.length && definition[end] != 0) {
            end++;
        }
        return end;
    }
}
