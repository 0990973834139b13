package dev.weir.proxy.pool;

import dev.weir.proxy.server.FunctionSurvey;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which functions of a database change the sessions of those who use them. It asks for them with the first server that
 * has served somebody, after a definition has gone through, and every now and then for what others have defined. Until the
 * answer is there, and when it is too old, any text is held to use one of them.
 *
 * <p>Thread-safe.
 */
public final class FunctionWatch implements FunctionSurvey.Listener {

    private static final Logger LOGGER = LoggerFactory.getLogger(FunctionWatch.class);

    /** The share of time that may go into asking, however often somebody defines something. */
    private static final int PAUSES_PER_SURVEY = 10;

    /** What is known is trusted for so many intervals, if nobody could ask since. */
    private static final int INTERVALS_TRUSTED = 2;

    /** While clients wait for servers a survey waits, but not for longer. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();

    /** Clients may be kept waiting for so long by a survey that is under way … */
    private static final long HOLD_UP_NANOS = Duration.ofMillis(100).toNanos();

    /** … until it was interrupted so often in a row. */
    private static final int INTERRUPTIONS_MAX = 3;

    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long RETRY_MAX_NANOS = Duration.ofHours(1).toNanos();
    private static final int DOUBLINGS_MAX = 20;

    private static final int NAMES_LOGGED = 10;

    private final String database;
    private final List<Runnable> waiting = new ArrayList<>();
    private volatile SuspectNames names = SuspectNames.ANY;
    private volatile boolean due = true;
    private volatile long answeredNanos = System.nanoTime();
    private volatile long intervalNanos;
    private volatile @Nullable Integer connectionsLimit;

    private SuspectNames known = SuspectNames.NONE;
    private String fingerprint = "";
    private boolean running;
    /** What is known is not right any more. */
    private boolean redefined = true;

    private boolean asked;
    private int interruptions;
    private int failures;
    private int losses;
    private long dueNanos = answeredNanos;
    private long begunNanos;
    private long notBeforeNanos = answeredNanos;

    FunctionWatch(String database) {
        this.database = database;
    }

    /** The names of such functions and of what calls them; another object after each change. */
    public SuspectNames names() {
        return names;
    }

    /** Functions, or what calls them, may have been defined. */
    public synchronized void onRedefined() {
        redefined = true;
        names = SuspectNames.ANY;
        becomeDue(System.nanoTime());
    }

    private void becomeDue(long nowNanos) {
        if (!due) {
            dueNanos = nowNanos;
        }
        due = true;
    }

    /** Time passes: asks again where the last answer is older than {@code interval}; never where that is zero. */
    void onTick(long nowNanos, Duration interval) {
        intervalNanos = interval.toNanos();
        long age = nowNanos - answeredNanos;
        if (!interval.isZero() && age > intervalNanos && (!due || age > INTERVALS_TRUSTED * intervalNanos)) {
            onAged(nowNanos, age);
        }
    }

    private synchronized void onAged(long nowNanos, long age) {
        becomeDue(nowNanos);
        if (age > INTERVALS_TRUSTED * intervalNanos && failures == 0) {
            names = SuspectNames.ANY;
        }
    }

    /**
     * What to ask a server now, null for nothing; {@link #onSurveyed} or {@link #onLost} must follow.
     *
     * @param wanted whether clients wait for servers
     */
    @Nullable
    FunctionSurvey begin(boolean wanted) {
        return due ? beginDue(System.nanoTime(), wanted) : null;
    }

    private synchronized @Nullable FunctionSurvey beginDue(long nowNanos, boolean wanted) {
        boolean waits = wanted && asked && nowNanos - dueNanos < PATIENCE_NANOS;
        if (!due || running || waits || nowNanos - notBeforeNanos < 0) {
            return null;
        }
        running = true;
        asked = true;
        due = false;
        if (redefined) {
            redefined = false;
            fingerprint = "";
            names = SuspectNames.ANY;
        }
        begunNanos = nowNanos;
        return new FunctionSurvey(this, fingerprint);
    }

    /** Whether the survey that is under way should be given up for the sake of those who wait for servers. */
    synchronized boolean keepsOthersWaiting(long nowNanos) {
        return running && interruptions < INTERRUPTIONS_MAX && nowNanos - begunNanos > HOLD_UP_NANOS;
    }

    /**
     * Calls back when the survey that is under way has ended.
     *
     * @return false if none is
     */
    public synchronized boolean awaitEnd(Runnable callback) {
        if (running) {
            waiting.add(callback);
        }
        return running;
    }

    @Override
    public void onSurveyed(FunctionSurvey survey, @Nullable PgError failure) {
        end(survey, failure).forEach(Runnable::run);
    }

    private synchronized List<Runnable> end(FunctionSurvey survey, @Nullable PgError failure) {
        long nowNanos = System.nanoTime();
        running = false;
        losses = 0;
        if (failure == null) {
            onAnswered(survey, nowNanos);
        } else if (survey.isInterrupted()) {
            interruptions++;
            askAgain(survey, nowNanos, interruptions);
        } else {
            onFailed(failure, nowNanos);
        }
        if (!redefined) {
            names = failure != null && mayBeThere(failure) && fingerprint.isEmpty() ? SuspectNames.ANY : known;
        }
        return takeWaiting();
    }

    /** Whether PostgreSQL only could not say, as one that has other catalogs never can. */
    private static boolean mayBeThere(PgError failure) {
        return failure.is(SqlState.INSUFFICIENT_PRIVILEGE) || failure.is(SqlState.QUERY_CANCELED);
    }

    private List<Runnable> takeWaiting() {
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** How many sessions the server lets ordinary roles have, which is asked along; null before it has said so. */
    public @Nullable Integer connectionsLimit() {
        return connectionsLimit;
    }

    private void onAnswered(FunctionSurvey survey, long nowNanos) {
        connectionsLimit = survey.connectionsLimit();
        interruptions = 0;
        failures = 0;
        if (survey.isBrief() && !survey.isUnchanged()) {
            redefined = true;
            notBeforeNanos = nowNanos;
            becomeDue(nowNanos);
            return;
        }
        answeredNanos = nowNanos;
        notBeforeNanos = nowNanos + PAUSES_PER_SURVEY * (nowNanos - begunNanos);
        fingerprint = survey.fingerprint();
        if (!survey.isBrief()) {
            take(survey.found());
        }
    }

    /** PostgreSQL, or who takes its place, cannot say: what was known goes on to be held for right, if anything was. */
    private void onFailed(PgError failure, long nowNanos) {
        if (failures == 0) {
            LOGGER.warn(
                    "database {}: functions could not be searched for what changes the session: {}",
                    database,
                    failure.message());
        }
        failures++;
        answeredNanos = nowNanos;
        notBeforeNanos = nowNanos + Math.min(RETRY_MAX_NANOS, doubled(Math.max(intervalNanos, RETRY_NANOS), failures));
    }

    @Override
    public void onLost(FunctionSurvey survey) {
        lose(survey).forEach(Runnable::run);
    }

    private synchronized List<Runnable> lose(FunctionSurvey survey) {
        running = false;
        losses++;
        askAgain(survey, System.nanoTime(), losses);
        return takeWaiting();
    }

    /** Whatever the reason to ask was, it still stands. */
    private void askAgain(FunctionSurvey survey, long nowNanos, int times) {
        redefined |= !survey.isBrief();
        notBeforeNanos = nowNanos + Math.min(Duration.ofMinutes(1).toNanos(), doubled(RETRY_NANOS / 4, times));
        becomeDue(nowNanos);
        dueNanos = nowNanos;
    }

    private static long doubled(long nanos, int times) {
        return nanos << Math.min(times, DOUBLINGS_MAX) > nanos
                ? nanos << Math.min(times, DOUBLINGS_MAX)
                : RETRY_MAX_NANOS;
    }

    private void take(SuspectNames found) {
        boolean same = found.names().equals(known.names())
                && found.loading().equals(known.loading())
                && found.unnamed().equals(known.unnamed())
                && found.settings().equals(known.settings());
        if (same) {
            return;
        }
        known = found;
        if (found.equals(SuspectNames.ANY)) {
            LOGGER.info(
                    "database {}: more names may change the session than can be looked for: any text may", database);
            return;
        }
        String some = found.names().stream().sorted().limit(NAMES_LOGGED).collect(Collectors.joining(", "));
        int more = found.names().size() - NAMES_LOGGED;
        LOGGER.info(
                "database {}: {} when {} used: {}{}",
                database,
                found.names().size() == 1
                        ? "1 name may change the session"
                        : found.names().size() + " names may change the session",
                found.names().size() == 1 ? "it is" : "they are",
                some.isEmpty() ? "none" : some,
                more > 0 ? " and " + more + " more" : "");
    }
}
