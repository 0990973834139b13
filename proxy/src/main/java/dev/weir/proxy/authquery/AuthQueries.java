package dev.weir.proxy.authquery;

import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL for the secrets of users, one query at a time for each user: who comes while one is under way shares the
 * next. So an answer is never older than the wish for it, and a thousand logins at once take two queries. If it is allowed,
 * answers are kept for a while. Thread-safe.
 */
public final class AuthQueries {

    private static final int KEPT_MAX = 10_000;

    private record Kept(AuthAnswer.Found answer, long untilNanos) {}

    private final BiFunction<String, String, @Nullable Pool> pools;
    private final Supplier<Duration> keeping;
    private final ConcurrentHashMap<AuthQuestion, AuthLookup> lookups = new ConcurrentHashMap<>();
    private final Map<AuthQuestion, Kept> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AuthQuestion, Kept> eldest) {
            return size() > KEPT_MAX;
        }
    };
    private volatile boolean lastFoundScram = true;

    /**
     * Nothing has been asked yet.
     *
     * @param pools the pool of an asker in a database, null if there is no such database
     * @param keeping how long answers are kept, zero for not at all
     */
    public AuthQueries(BiFunction<String, String, @Nullable Pool> pools, Supplier<Duration> keeping) {
        this.pools = pools;
        this.keeping = keeping;
    }

    /**
     * Asks.
     *
     * @param worker on whose event loop this is called, and {@code onAnswer} will be, now or later
     * @return to be run there by who does not want the answer any more
     */
    public Runnable ask(AuthQuestion question, Worker worker, Consumer<AuthAnswer> onAnswer) {
        AuthAnswer known = find(question);
        if (known != null) {
            onAnswer.accept(known);
            return () -> {};
        }
        AuthLookup.Wish wish = new AuthLookup.Wish(worker, onAnswer);
        lookups.compute(question, (key, running) -> {
            AuthLookup lookup = running == null ? new AuthLookup(this, key) : running;
            lookup.add(wish);
            return lookup;
        });
        return () -> {
            wish.withdraw();
            AuthLookup lookup = lookups.get(question);
            if (lookup != null) {
                lookup.onWithdrawn();
            }
        };
    }

    /** Drops a lookup if it is of no more use; {@code idle} decides under the lock under which wishes are added. */
    void drop(AuthQuestion question, AuthLookup lookup) {
        lookups.computeIfPresent(question, (key, running) -> running == lookup && lookup.isIdle() ? null : running);
    }

    @Nullable
    Pool pool(AuthQuestion question) {
        return pools.apply(question.database(), question.asker());
    }

    private @Nullable AuthAnswer find(AuthQuestion question) {
        synchronized (kept) {
            Kept entry = kept.get(question);
            if (entry == null) {
                return null;
            }
            if (keeping.get().isZero() || System.nanoTime() - entry.untilNanos() >= 0) {
                kept.remove(question);
                return null;
            }
            return entry.answer();
        }
    }

    void onAnswer(AuthQuestion question, AuthAnswer answer) {
        if (!(answer instanceof AuthAnswer.Found found)) {
            return;
        }
        lastFoundScram = !(found.secret() instanceof StoredSecret.Md5);
        Duration time = keeping.get();
        if (!time.isZero()) {
            synchronized (kept) {
                kept.put(question, new Kept(found, System.nanoTime() + time.toNanos()));
            }
        }
    }

    /** A password did not fit: the answer, if it was a kept one, may be outdated. */
    public void forget(AuthQuestion question) {
        synchronized (kept) {
            kept.remove(question);
        }
    }

    /** The configuration has changed. */
    public void forgetAll() {
        synchronized (kept) {
            kept.clear();
        }
    }

    /** Whether the user who was last found has no md5 secret: then one who does not exist is best taken for such a one. */
    public boolean hasLastFoundScram() {
        return lastFoundScram;
    }
}
