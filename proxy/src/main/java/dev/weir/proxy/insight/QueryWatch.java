package dev.weir.proxy.insight;

import dev.weir.proxy.sql.NormalText;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the statements of one event loop cost. A statement with a name is known by the fingerprint that was taken of it
 * once; the texts of others are read as long as they are not too many per second, then one of several, by chance, is read and
 * counted for all.
 *
 * <p>Confined to its loop.
 */
public final class QueryWatch {

    private static final int TEXT_BYTES_MAX = 65_536;

    private final QueryTable table = new QueryTable();
    private final TextSampling sampling = new TextSampling();
    private @Nullable NormalText normal;
    private int textBytes;

    // ---- what is asked for ----

    /**
     * A simple query goes to the server.
     *
     * @param length of the text without its terminator, as much as is here
     * @param nowNanos about now
     */
    public void onQuery(
            RunningStatement running,
            InsightRules rules,
            Whose whose,
            ByteBuf in,
            int start,
            int length,
            SqlDialect dialect,
            long nowNanos) {
        running.keep(in, start, length, rules.textBytes(), dialect);
        running.onExecute();
        if (rules.statements() > 0 && sampling.takes(rules.textsPerSecond(), nowNanos)) {
            NormalText reader = reader(rules);
            if (length <= rules.textBytes()) {
                running.read(reader);
            } else {
                byte[] text = new byte[Math.min(length, TEXT_BYTES_MAX)];
                in.getBytes(start, text);
                reader.read(text, 0, text.length, dialect);
            }
            sample(running, rules, whose, reader);
        }
    }

    /** A text of which nothing else is kept is parsed and will be bound. */
    public void onParse(
            RunningStatement running, InsightRules rules, ByteBuf in, int start, int length, SqlDialect dialect) {
        running.keep(in, start, length, rules.textBytes(), dialect);
    }

    /** A statement is bound; with neither, one of which nothing is known. */
    public void onBind(
            RunningStatement running,
            InsightRules rules,
            Whose whose,
            @Nullable PreparedStatement named,
            @Nullable UnnamedStatement last,
            SqlDialect dialect,
            long nowNanos) {
        boolean fresh = running.bind(named, last, dialect) || running.executions() == 0;
        if (fresh && named == null && last != null) {
            readSome(running, rules, whose, nowNanos);
        }
    }

    /** What {@link #onParse} was told of is bound. */
    public void onBindParsed(RunningStatement running, InsightRules rules, Whose whose, long nowNanos) {
        if (running.executions() == 0) {
            readSome(running, rules, whose, nowNanos);
        }
    }

    private void readSome(RunningStatement running, InsightRules rules, Whose whose, long nowNanos) {
        running.sample(null, 0);
        if (rules.statements() > 0 && sampling.takes(rules.textsPerSecond(), nowNanos)) {
            NormalText reader = reader(rules);
            if (running.read(reader)) {
                sample(running, rules, whose, reader);
            }
        }
    }

    private void sample(RunningStatement running, InsightRules rules, Whose whose, NormalText reader) {
        running.sample(
                table.counts(whose.database(), whose.user(), reader.fingerprint(), rules.statements(), reader::text),
                sampling.weight());
    }

    private NormalText reader(InsightRules rules) {
        NormalText reader = normal;
        if (reader == null || textBytes != rules.textBytes()) {
            reader = new NormalText(rules.textBytes());
            normal = reader;
            textBytes = rules.textBytes();
        }
        return reader;
    }

    // ---- what has come of it ----

    /**
     * The client has all answers.
     *
     * @param servedNanos how long that took the server
     * @param waitedNanos how long the client had waited for one
     * @param startNanos {@link System#nanoTime()} of the beginning
     */
    public void onAnswered(
            RunningStatement running,
            InsightRules rules,
            Whose whose,
            long servedNanos,
            long waitedNanos,
            long startNanos) {
        if (running.executions() > 0 && rules.statements() > 0) {
            PreparedStatement named = running.prepared();
            QueryCounts counts = named == null ? running.sampled() : counts(named, running, rules, whose);
            if (counts != null) {
                counts.add(running, servedNanos, waitedNanos, startNanos, named == null ? running.weight() : 1);
            }
        }
        running.onAnswered();
    }

    private QueryCounts counts(PreparedStatement named, RunningStatement running, InsightRules rules, Whose whose) {
        long fingerprint = named.fingerprint();
        QueryCounts known = fingerprint == 0 ? null : table.find(whose.database(), whose.user(), fingerprint);
        if (known != null) {
            return known;
        }
        NormalText reader = reader(rules);
        running.read(reader);
        named.onFingerprint(reader.fingerprint());
        return table.counts(whose.database(), whose.user(), reader.fingerprint(), rules.statements(), reader::text);
    }

    // ---- looking ----

    /** Copies of what is counted. */
    public List<QueryCounts> read() {
        return table.read();
    }

    /** Whose statement it is: the pool's database and user. */
    public interface Whose {

        String database();

        String user();
    }
}
