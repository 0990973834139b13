package dev.weir.proxy.insight;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The statements that one event loop counts, up to a limit; a new one takes the place of one that was not used for long.
 * Confined to its loop. Finding one allocates nothing.
 */
final class QueryTable {

    private static final int BUCKETS_MIN = 64;

    private @Nullable QueryCounts[] buckets = new @Nullable QueryCounts[BUCKETS_MIN];
    private final List<QueryCounts> all = new ArrayList<>();
    private int hand;
    private long forgotten;

    /**
     * The counts of a statement.
     *
     * @param limit how many statements there may be, at least 1
     * @param text asked for only if it is new
     */
    QueryCounts counts(String database, String user, long fingerprint, int limit, Supplier<String> text) {
        QueryCounts found = find(database, user, fingerprint);
        if (found != null) {
            return found;
        }
        while (all.size() >= limit) {
            forgetOne();
        }
        if (all.size() >= buckets.length) {
            grow();
        }
        QueryCounts made = new QueryCounts(database, user, fingerprint, text.get());
        all.add(made);
        insert(made);
        return made;
    }

    /** The counts of a statement, null if it is not here. */
    @Nullable
    QueryCounts find(String database, String user, long fingerprint) {
        QueryCounts at = buckets[bucket(fingerprint)];
        while (at != null && !at.isOf(database, user, fingerprint)) {
            at = at.next;
        }
        return at;
    }

    private int bucket(long fingerprint) {
        return (int) fingerprint & (buckets.length - 1);
    }

    private void insert(QueryCounts counts) {
        int bucket = bucket(counts.key().fingerprint());
        counts.next = buckets[bucket];
        buckets[bucket] = counts;
    }

    private void grow() {
        buckets = new @Nullable QueryCounts[buckets.length * 2];
        all.forEach(this::insert);
    }

    /** Goes round: who was used since the last time is passed over once. */
    private void forgetOne() {
        while (true) {
            hand = hand >= all.size() ? 0 : hand;
            QueryCounts candidate = all.get(hand);
            if (!candidate.used) {
                remove(candidate);
                return;
            }
            candidate.used = false;
            hand++;
        }
    }

    private void remove(QueryCounts counts) {
        QueryCounts last = all.removeLast();
        if (hand < all.size()) {
            all.set(hand, last);
        }
        int bucket = bucket(counts.key().fingerprint());
        QueryCounts first = buckets[bucket];
        buckets[bucket] = without(first, counts);
        forgotten++;
    }

    @SuppressWarnings("ReferenceEquality") // which one, not what it says
    private static @Nullable QueryCounts without(@Nullable QueryCounts first, QueryCounts counts) {
        if (first == null || first == counts) {
            return first == null ? null : first.next;
        }
        QueryCounts at = first;
        while (at.next != null && at.next != counts) {
            at = at.next;
        }
        at.next = counts.next;
        return first;
    }

    /** Copies of all. */
    List<QueryCounts> read() {
        return all.stream().map(QueryCounts::copy).toList();
    }

    void clear() {
        buckets = new @Nullable QueryCounts[BUCKETS_MIN];
        all.clear();
        hand = 0;
    }

    int size() {
        return all.size();
    }

    /** How many had to make room. */
    long forgotten() {
        return forgotten;
    }
}
