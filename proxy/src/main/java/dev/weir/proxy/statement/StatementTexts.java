package dev.weir.proxy.statement;

import dev.weir.proxy.state.SessionSettings;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Every statement that some client or server knows, once. Counted by use and forgotten with the last one, so its memory is
 * bounded by what clients hold open.
 *
 * <p>Thread-safe; used when statements are prepared and closed, never when they are executed.
 */
public final class StatementTexts {

    private final ConcurrentHashMap<PreparedStatement, PreparedStatement> statements = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong unnamedBytes = new AtomicLong();

    /** So many bytes of long statements without a name are kept at a time, of all clients together. */
    public static final long UNNAMED_BYTES_MAX = 64L << 20;

    /**
     * Room for a statement without a name, which is kept for its client alone.
     *
     * @return false if there is none; otherwise {@link #freeUnnamed} must follow
     */
    public boolean reserveUnnamed(int length) {
        if (unnamedBytes.addAndGet(length) <= UNNAMED_BYTES_MAX) {
            return true;
        }
        unnamedBytes.addAndGet(-length);
        return false;
    }

    /** A statement without a name is not kept any more. */
    public void freeUnnamed(int length) {
        unnamedBytes.addAndGet(-length);
    }

    /** Bytes of those that are kept. */
    public long unnamedBytes() {
        return unnamedBytes.get();
    }

    /** The shared statement of this definition under these settings, in use once more until {@link #release}. */
    public PreparedStatement acquire(
            PreparedStatement.Origin origin, byte[] definition, SessionSettings meaning, StatementTraits traits) {
        return acquire(new PreparedStatement(origin, definition, meaning, traits, ids.incrementAndGet()));
    }

    /** The shared statement of the same text as {@code statement} under other settings, in use once more. */
    public PreparedStatement acquire(PreparedStatement statement, SessionSettings meaning) {
        return acquire(statement.origin(), statement.definition(), meaning, statement.traits());
    }

    private PreparedStatement acquire(PreparedStatement candidate) {
        PreparedStatement shared = statements.compute(candidate, (key, existing) -> {
            PreparedStatement statement = existing == null ? candidate : existing;
            statement.uses++;
            return statement;
        });
        if (shared.id() == candidate.id()) {
            bytes.addAndGet(candidate.definition().length);
        }
        return shared;
    }

    /** Counts one more use of a statement that is in use. */
    public void retain(PreparedStatement statement) {
        statements.computeIfPresent(statement, (key, existing) -> {
            existing.uses++;
            return existing;
        });
    }

    /** Ends one use. */
    public void release(PreparedStatement statement) {
        statements.computeIfPresent(statement, (key, existing) -> {
            existing.uses--;
            return existing.uses > 0 ? existing : forgotten(existing);
        });
    }

    private @Nullable PreparedStatement forgotten(PreparedStatement statement) {
        bytes.addAndGet(-statement.definition().length);
        return null;
    }

    /** Number of statements. */
    public int size() {
        return statements.size();
    }

    /** Bytes of all definitions. */
    public long bytes() {
        return bytes.get();
    }
}
