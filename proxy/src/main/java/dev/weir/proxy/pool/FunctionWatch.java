package dev.weir.proxy.pool;

import dev.weir.proxy.server.FunctionSurvey;
import dev.weir.proxy.sql.SuspectNames;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which functions of a database change the sessions of those who use them. It asks for them with the first server,
 * after a definition has gone through, and every now and then for what others have defined. Until the answer is there, any
 * function is held to be one of them.
 *
 * <p>Thread-safe.
 */
public final class FunctionWatch implements FunctionSurvey.Listener {

    private static final Logger LOGGER = LoggerFactory.getLogger(FunctionWatch.class);

    /** The share of time that may go into asking, however often somebody defines something. */
    private static final int PAUSES_PER_SURVEY = 10;

    private static final int NAMES_LOGGED = 10;

    private final String database;
    private volatile SuspectNames names = SuspectNames.NONE;
    private volatile boolean due = true;
    private volatile long endedNanos = System.nanoTime();

    private SuspectNames known = SuspectNames.NONE;
    private String fingerprint = "";
    private boolean running;
    private boolean redefined = true;
    private boolean failed;
    private long begunNanos;
    private long notBeforeNanos = endedNanos;

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
        due = true;
        names = SuspectNames.ANY;
    }

    /** Time passes: asks again where that was longer ago than {@code interval}; never where that is zero. */
    void onTick(long nowNanos, Duration interval) {
        if (!due && !interval.isZero() && nowNanos - endedNanos > interval.toNanos()) {
            due = true;
        }
    }

    /** What to ask a server now, null for nothing; {@link #onSurveyed} must follow. */
    @Nullable
    FunctionSurvey begin() {
        return due ? beginDue(System.nanoTime()) : null;
    }

    private synchronized @Nullable FunctionSurvey beginDue(long nowNanos) {
        if (!due || running || nowNanos - notBeforeNanos < 0) {
            return null;
        }
        running = true;
        due = false;
        if (redefined) {
            redefined = false;
            fingerprint = "";
            names = SuspectNames.ANY;
        }
        begunNanos = nowNanos;
        return new FunctionSurvey(this, fingerprint);
    }

    @Override
    public synchronized void onSurveyed(FunctionSurvey survey, @Nullable String failure) {
        long nowNanos = System.nanoTime();
        running = false;
        notBeforeNanos = nowNanos + PAUSES_PER_SURVEY * (nowNanos - begunNanos);
        endedNanos = nowNanos;
        if (failure != null) {
            onFailed(failure);
        } else {
            failed = false;
            fingerprint = survey.fingerprint();
            if (!survey.isUnchanged()) {
                take(survey.found());
            }
        }
        if (!redefined) {
            names = known;
        }
    }

    @Override
    public synchronized void onLost(FunctionSurvey survey) {
        running = false;
        redefined = true; // whatever the reason to ask was, it still stands
        due = true;
    }

    private void take(SuspectNames found) {
        if (found.names().equals(known.names()) && found.settings().equals(known.settings())) {
            return;
        }
        known = found;
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

    private void onFailed(String failure) {
        if (!failed) {
            failed = true;
            LOGGER.warn(
                    "database {}: functions could not be searched for what changes the session: {}", database, failure);
        }
    }
}
