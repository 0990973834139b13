package dev.weir.proxy.insight;

import dev.weir.proxy.relay.Undo;
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
     * Something is about to be sent although what was sent before it is not answered.
     *
     * @param servedSinceNanos {@link System#nanoTime()} when the first of it got the server
     * @param waitedNanos how long the client had waited for the server
     */
    public void onMore(
            RunningStatement running, InsightRules rules, Whose whose, long servedSinceNanos, long waitedNanos) {
        if (rules.statements() > 0) {
            running.onMore(counts(running, rules, whose), weight(running), servedSinceNanos, waitedNanos);
        }
    }

    /** What was bound last is executed behind something that is not answered: returns what to note among what is owed. */
    public @Nullable Undo onExecuteBehind(RunningStatement running, InsightRules rules, Whose whose) {
        return running.isTogether()
                ? running.onExecuteBehind(counts(running, rules, whose), weight(running), false)
                : null;
    }

    /**
     * A simple query goes to the server.
     *
     * @param length of the text without its terminator, as much as is here
     * @param nowNanos about now
     * @return what to note among what the server owes, null for nothing
     */
    public @Nullable Undo onQuery(
            RunningStatement running,
            InsightRules rules,
            Whose whose,
            ByteBuf in,
            int start,
            int length,
            SqlDialect dialect,
            long nowNanos) {
        onParse(running, rules, whose, in, start, length, dialect, nowNanos);
        if (running.isTogether()) {
            return running.onExecuteBehind(running.sampled(), weight(running), true);
        }
        running.onExecute(true);
        return null;
    }

    /** A text of which nothing else is kept is parsed and will be bound: as {@link #onQuery}. */
    public void onParse(
            RunningStatement running,
            InsightRules rules,
            Whose whose,
            ByteBuf in,
            int start,
            int length,
            SqlDialect dialect,
            long nowNanos) {
        running.keep(in, start, length, rules.textBytes(), dialect);
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
    public void onBindParsed(RunningStatement running) {
        running.bindParsed();
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
            if (running.isTogether()) {
                running.conclude(startNanos + waitedNanos + servedNanos);
            } else {
                add(running, rules, whose, servedNanos, waitedNanos, startNanos);
            }
        }
        running.onAnswered();
    }

    private void add(
            RunningStatement running,
            InsightRules rules,
            Whose whose,
            long servedNanos,
            long waitedNanos,
            long startNanos) {
        QueryCounts counts = counts(running, rules, whose);
        if (counts != null) {
            int weight = weight(running);
            counts.add(running.executions(), servedNanos, waitedNanos, startNanos, weight);
            counts.addWork(running.errors(), running.rows(), running.receivedBytes(), running.sentBytes(), weight);
        }
    }

    private @Nullable QueryCounts counts(RunningStatement running, InsightRules rules, Whose whose) {
        PreparedStatement named = running.prepared();
        return named == null ? running.sampled() : counts(named, running, rules, whose);
    }

    private static int weight(RunningStatement running) {
        return running.prepared() == null ? running.weight() : 1;
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

    /** Counts from nothing. */
    public void reset() {
        table.clear();
    }

    // ---- looking ----

    /** Copies of what is counted; what was sent but never executed is not among it. */
    public List<QueryCounts> read() {
        return table.read().stream().filter(counts -> counts.calls() > 0).toList();
    }

    /** Whose statement it is: the pool's database and user. */
    public interface Whose {

        String database();

        String user();
    }
}
