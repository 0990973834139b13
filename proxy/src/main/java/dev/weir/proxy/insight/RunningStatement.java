package dev.weir.proxy.insight;

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
    private long rows;
    private long receivedBytes;
    private long sentBytes;

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
    void keep(ByteBuf in, int start, int length, int bytesMax, SqlDialect how) {
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
    boolean bind(@Nullable PreparedStatement named, @Nullable UnnamedStatement last, SqlDialect how) {
        if (named == prepared && last == unnamed && (named != null || last != null)) {
            return false;
        }
        become(named, last);
        dialect = how;
        return true;
    }

    private void become(@Nullable PreparedStatement named, @Nullable UnnamedStatement last) {
        prepared = named;
        unnamed = last;
        copied = 0;
        cut = false;
        sampled = null;
        executions = 0;
    }

    /** One more execution. */
    public void onExecute() {
        executions++;
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

    /** PostgreSQL has answered its user with an error. */
    public void onError() {
        errors++;
    }

    /**
     * A command is complete: reads the number of rows at the end of its tag ("Message Formats").
     *
     * @param length with the terminator
     */
    public void onCommandComplete(ByteBuf in, int start, int length) {
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
    }

    /** The user has all answers: what is counted begins anew. */
    void onAnswered() {
        executions = 0;
        errors = 0;
        rows = 0;
        receivedBytes = 0;
        sentBytes = 0;
    }

    // ---- looking ----

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
