package dev.weir.proxy.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A limit on server connections that several event loops share: permits for one pool, one database, or one user.
 *
 * <p>Who finds none left is noted, and gets told when one comes back, first come first served: no pool of a database can
 * starve another. Thread-safe and without locks.
 */
public final class Budget {

    /** Somebody who wants a permit. */
    public interface Applicant {

        /** A permit may be free: take it, or {@link Budget#withdraw} so that the next one is told. Called on any thread. */
        void onPermitFree(Budget budget);

        /** Since when ({@link System#nanoTime()}) its oldest client waits; {@link Long#MAX_VALUE} when none does any more. */
        long waitingSinceNanos();

        /** The pool it asks for. */
        Pool pool();
    }

    private final IntSupplier limit;
    private final AtomicInteger used = new AtomicInteger();
    private final AtomicInteger leaving = new AtomicInteger();
    private final ConcurrentLinkedQueue<Applicant> applicants = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<CompletableFuture<Void>> awaitingEmpty = new ConcurrentLinkedQueue<>();

    /** @param limit the number of permits at this moment; 0 for no limit */
    public Budget(IntSupplier limit) {
        this.limit = limit;
    }

    /**
     * Takes a permit, or notes the applicant for when it is its turn. Nobody overtakes who has been waiting: who was told that
     * a permit is free stays in front until it has taken one or has withdrawn.
     */
    public boolean acquire(Applicant applicant) {
        if (applicants.isEmpty() && tryAcquire(0)) {
            return true;
        }
        if (!applicants.contains(applicant)) {
            applicants.add(applicant);
        }
        // A permit may have come back between the failure and the note, when nobody was there to be told.
        if (!applicant.equals(applicants.peek())) {
            tellNext();
            return false;
        }
        if (!tryAcquire(0)) {
            return false;
        }
        withdraw(applicant);
        return true;
    }

    /** Takes a permit if there is one, or one of {@code extra} above the limit. */
    public boolean tryAcquire(int extra) {
        while (true) {
            int now = used.get();
            int max = limit.getAsInt();
            if (max > 0 && now >= max + extra) {
                return false;
            }
            if (used.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Gives a permit back and tells whoever waits for one. */
    public void release() {
        int left = used.decrementAndGet();
        tellNext();
        if (left == 0) {
            tellEmpty();
        }
    }

    /** A stage that completes as soon as no permit is in use; at once if none is. */
    public CompletableFuture<Void> whenEmpty() {
        CompletableFuture<Void> empty = new CompletableFuture<>();
        awaitingEmpty.add(empty);
        if (used.get() == 0) {
            tellEmpty();
        }
        return empty;
    }

    private void tellEmpty() {
        for (CompletableFuture<Void> next = awaitingEmpty.poll(); next != null; next = awaitingEmpty.poll()) {
            next.complete(null);
        }
    }

    /** Tells whoever has waited longest that a permit may be free. */
    public void tellNext() {
        if (isFull()) {
            return;
        }
        Applicant next = applicants.peek();
        if (next != null) {
            next.onPermitFree(this);
        }
    }

    /** Whoever waits for a permit and fits {@code which}, longest first; null if there is none. */
    public @Nullable Applicant findApplicant(Predicate<Applicant> which) {
        for (Applicant applicant : applicants) {
            if (which.test(applicant)) {
                return applicant;
            }
        }
        return null;
    }

    /** The applicant does not want a permit any more; the next one hears if there is one. */
    public void withdraw(Applicant applicant) {
        if (applicants.remove(applicant)) {
            tellNext();
        }
    }

    /** Permits in use. */
    public int used() {
        return used.get();
    }

    /** Permits there are; 0 for no limit. */
    public int limit() {
        return limit.getAsInt();
    }

    /** Whether there is no permit left. */
    boolean isFull() {
        int max = limit.getAsInt();
        return max > 0 && used.get() >= max;
    }

    /**
     * Takes it upon the caller to give one permit back because more are in use than there are: the limit was lowered.
     * {@link #releaseSurplus} must follow. However many ask at a time, not more are given back than that.
     */
    public boolean claimSurplus() {
        while (true) {
            int claimed = leaving.get();
            int max = limit.getAsInt();
            if (max == 0 || used.get() - claimed <= max) {
                return false;
            }
            if (leaving.compareAndSet(claimed, claimed + 1)) {
                return true;
            }
        }
    }

    /** Gives back what {@link #claimSurplus} has promised. */
    public void releaseSurplus() {
        release();
        leaving.decrementAndGet();
    }
}
