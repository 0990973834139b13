package dev.weir.proxy.insight;

import dev.weir.proxy.relay.Undo;
import org.jspecify.annotations.Nullable;

/**
 * Executions of one statement, one behind the other, that were sent together with others: how many are under way, and what
 * has come of those that have ended since they were last counted. Noted for each of their messages among what the server
 * owes. Confined to the server's event loop, and used again and again.
 */
final class Execution implements Undo {

    private final SentTogether all;
    private @Nullable QueryCounts counts;
    private int weight;
    /** Whether a ReadyForQuery ends it. */
    private boolean endsWithReady;

    private int underWay;
    private int ended;
    private int timed;
    private int errors;
    private long rows;
    private long sentBytes;

    Execution(SentTogether all) {
        this.all = all;
    }

    /** Becomes what it is, with nothing under way. */
    void are(@Nullable QueryCounts of, int standsFor, boolean readyEndsIt) {
        counts = of;
        weight = standsFor;
        endsWithReady = readyEndsIt;
        underWay = 0;
        clear();
    }

    @SuppressWarnings("ReferenceEquality") // which one, not what it says
    boolean isOf(@Nullable QueryCounts other, int otherWeight, boolean readyEndsIt) {
        return counts == other && weight == otherWeight && endsWithReady == readyEndsIt;
    }

    void onSent() {
        underWay++;
    }

    /** PostgreSQL has refused what was asked. */
    @Override
    public void undo() {
        skip();
    }

    /** PostgreSQL never looked at it, or at what leads up to it. */
    @Override
    public void skip() {
        underWay--;
        all.onTakenBack(this);
    }

    void onError() {
        errors++;
    }

    void onRows(long count) {
        rows += count;
    }

    /**
     * One has ended.
     *
     * @param bytes what has come from the server since another one ended
     * @param takesTime whether it is one that can have taken long
     */
    void onEnd(long bytes, boolean takesTime) {
        underWay--;
        ended++;
        timed += takesTime ? 1 : 0;
        sentBytes += bytes;
    }

    void onMoreBytes(long bytes) {
        sentBytes += bytes;
    }

    /** Adds what has ended to the statement's counts. */
    void count(long nanos, long waitedNanos, long startNanos, long receivedBytes) {
        QueryCounts into = counts;
        if (into != null) {
            into.add(ended, nanos, waitedNanos, startNanos, weight);
            into.addWork(errors, rows, receivedBytes, sentBytes, weight);
        }
        clear();
    }

    private void clear() {
        ended = 0;
        timed = 0;
        errors = 0;
        rows = 0;
        sentBytes = 0;
    }

    boolean endsWithReady() {
        return endsWithReady;
    }

    int underWay() {
        return underWay;
    }

    int ended() {
        return ended;
    }

    int timed() {
        return timed;
    }
}
