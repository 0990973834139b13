package dev.weir.proxy.insight;

import dev.weir.proxy.relay.Undo;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The executions that a client has sent without awaiting the answers to those before them. Each counts for its own
 * statement; its time is that since the one before it has ended. Of those whose ends arrive together nobody can tell which
 * took how long: the time is shared out between them, and a BEGIN or SET among them gets none of it.
 *
 * <p>The first was sent when nobody knew that others would follow, so nothing is noted for it among what the server owes.
 *
 * <p>Confined to the server's event loop. Allocates nothing once it has grown.
 */
final class SentTogether {

    private static final int SPARE_MAX = 64;

    private final ArrayDeque<Execution> runs = new ArrayDeque<>();
    private final ArrayDeque<Execution> spare = new ArrayDeque<>();
    private boolean active;
    private @Nullable Execution first;
    private @Nullable Execution last;
    private @Nullable Execution endedLast;
    /** The foremost of what an error has taken back. */
    private @Nullable Execution takenBack;

    private int underWay;
    private int ended;
    private long markNanos;
    private long waitedNanos;

    /** Whether more than one was sent. */
    boolean isActive() {
        return active;
    }

    /** Whether some have ended that are not counted yet. */
    boolean hasEnded() {
        return ended > 0;
    }

    /**
     * Something is about to be sent behind the first one.
     *
     * @param endsWithReady whether the first is a simple query
     * @param hasEnded whether it has ended already
     * @param servedSinceNanos {@link System#nanoTime()} when the server got it
     * @param waited how long its client had waited for the server
     */
    void begin(
            @Nullable QueryCounts counts,
            int weight,
            boolean endsWithReady,
            boolean hasEnded,
            long servedSinceNanos,
            long waited) {
        active = true;
        markNanos = servedSinceNanos;
        waitedNanos = waited;
        Execution made = take(counts, weight, endsWithReady);
        first = made;
        made.onSent();
        underWay = 1;
        if (hasEnded) {
            end(made, 0, true);
        }
    }

    /** One more is sent, to be noted among what the server owes. */
    Execution send(@Nullable QueryCounts counts, int weight, boolean endsWithReady) {
        Execution before = last;
        Execution made = before != null && before.isOf(counts, weight, endsWithReady)
                ? before
                : take(counts, weight, endsWithReady);
        last = made;
        made.onSent();
        underWay++;
        return made;
    }

    private Execution take(@Nullable QueryCounts counts, int weight, boolean endsWithReady) {
        Execution free = spare.pollLast();
        Execution made = free == null ? new Execution(this) : free;
        made.are(counts, weight, endsWithReady);
        runs.addLast(made);
        return made;
    }

    // ---- what the server answers ----

    /** A command has ended, and with it its execution, unless that is a simple query. */
    void onCommandComplete(@Nullable Undo noted, long rows, long bytes, boolean takesTime) {
        Execution at = of(noted);
        if (at != null) {
            at.onRows(rows);
            if (!at.endsWithReady()) {
                end(at, bytes, takesTime);
            }
        }
    }

    /** A ReadyForQuery has come. */
    void onReady(@Nullable Undo noted, long bytes) {
        Execution at = of(noted);
        if (at != null && at.endsWithReady()) {
            end(at, bytes, true);
        } else if (endedLast != null) {
            endedLast.onMoreBytes(bytes);
        }
    }

    /** What was noted for a message; where nothing was, it is the first one's, as long as that is under way. */
    private @Nullable Execution of(@Nullable Undo noted) {
        return noted instanceof Execution execution ? execution : isFirstUnderWay() ? first : null;
    }

    private boolean isFirstUnderWay() {
        Execution front = first;
        return front != null && front.underWay() > 0;
    }

    private void end(Execution at, long bytes, boolean takesTime) {
        at.onEnd(bytes, takesTime);
        endedLast = at;
        underWay--;
        ended++;
    }

    /** PostgreSQL has refused it or skipped it. Of several the last is taken back first. */
    void onTakenBack(Execution one) {
        takenBack = one;
        underWay--;
    }

    /** An error was answered, and what it takes back has been taken back. */
    void onError(long bytes) {
        Execution refused = isFirstUnderWay() ? first : takenBack;
        if (refused != null) {
            if (refused == takenBack) {
                refused.onSent();
                underWay++;
            }
            refused.onError();
            end(refused, bytes, true);
        }
        takenBack = null;
    }

    // ---- counting ----

    /**
     * Counts what has ended until now.
     *
     * @param receivedBytes what the server has got that is not counted yet
     * @return what of that belongs to those that are still under way
     */
    long settle(long nowNanos, long receivedBytes) {
        long left = receivedBytes;
        long elapsed = Math.max(nowNanos - markNanos, 0);
        int timed = 0;
        for (Execution run : runs) {
            timed += run.timed();
        }
        long sent = receivedBytes / Math.max(ended + underWay, 1);
        for (int i = runs.size(); i > 0; i--) {
            Execution run = runs.removeFirst();
            int done = run.ended();
            if (done > 0) {
                long nanos = timed > 0 ? (long) ((double) elapsed / timed * run.timed()) : elapsed / ended * done;
                run.count(nanos, run == first ? waitedNanos : 0, markNanos, sent * done);
                left -= sent * done;
            }
            if (run.underWay() > 0 || run == last) {
                runs.addLast(run);
            } else {
                giveBack(run);
            }
        }
        ended = 0;
        endedLast = null;
        markNanos = nowNanos;
        return left;
    }

    private void giveBack(Execution run) {
        first = run == first ? null : first;
        if (spare.size() < SPARE_MAX) {
            spare.addLast(run);
        }
    }

    /**
     * All is answered: what has not ended yet has ended now, and nothing is left.
     *
     * @param bytes what has come from the server since the last end
     * @param receivedBytes what the server has got that is not counted yet
     */
    void conclude(long nowNanos, long bytes, long receivedBytes) {
        for (Execution run : runs) {
            while (run.underWay() > 0) {
                end(run, 0, true);
            }
        }
        Execution closing = endedLast;
        if (closing != null) {
            closing.onMoreBytes(bytes);
        }
        settle(nowNanos, receivedBytes);
        forget();
    }

    /** Nothing is left. */
    void forget() {
        runs.forEach(this::giveBack);
        runs.clear();
        active = false;
        first = null;
        last = null;
        endedLast = null;
        takenBack = null;
        underWay = 0;
        ended = 0;
    }
}
