package dev.weir.proxy.statement;

import dev.weir.proxy.state.SessionSettings;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every statement that some client or server knows, once. Counted by use and forgotten with the last one. What clients have
 * open is limited in bytes; what only servers still know makes room for it.
 *
 * <p>Thread-safe; used when statements are prepared and closed, never when they are executed.
 */
public final class StatementTexts {

    private final ConcurrentHashMap<PreparedStatement, PreparedStatement> statements = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final LongSupplier bytesMax;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong openBytes = new AtomicLong();
    private final AtomicLong unnamedBytes = new AtomicLong();

    /** So many bytes of long statements without a name are kept at a time, of all clients together. */
    public static final long UNNAMED_BYTES_MAX = 64L << 20;

    /** @param bytesMax how many bytes of statements clients may have open together, each text counted once; 0 for no limit */
    public StatementTexts(LongSupplier bytesMax) {
        this.bytesMax = bytesMax;
    }

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

    /**
     * The shared statement of this definition under these settings, which one more client has open until {@link #release}.
     *
     * @return null if no client has it open and there is no room for one more text
     */
    public @Nullable PreparedStatement acquire(
            PreparedStatement.Origin origin, byte[] definition, SessionSettings meaning, StatementTraits traits) {
        return acquire(statement(origin, definition, meaning, traits, false), bytesMax.getAsLong());
    }

    /** The same, shared with nobody. */
    public @Nullable PreparedStatement acquireAlone(
            PreparedStatement.Origin origin, byte[] definition, SessionSettings meaning, StatementTraits traits) {
        return acquire(statement(origin, definition, meaning, traits, true), bytesMax.getAsLong());
    }

    /** The statement of the same text as {@code statement} under other settings, open once more; there is always room. */
    public PreparedStatement acquire(PreparedStatement statement, SessionSettings meaning) {
        return Objects.requireNonNull(acquire(
                statement(statement.origin(), statement.definition(), meaning, statement.traits(), statement.isAlone()),
                0));
    }

    /** A statement that was released goes on after all; there is always room. */
    public PreparedStatement reopen(PreparedStatement statement) {
        return Objects.requireNonNull(acquire(statement, 0));
    }

    private PreparedStatement statement(
            PreparedStatement.Origin origin,
            byte[] definition,
            SessionSettings meaning,
            StatementTraits traits,
            boolean alone) {
        return new PreparedStatement(origin, definition, meaning, traits, alone, ids.incrementAndGet());
    }

    /** @param limit 0 for none */
    private @Nullable PreparedStatement acquire(PreparedStatement candidate, long limit) {
        AtomicReference<@Nullable PreparedStatement> acquired = new AtomicReference<>();
        statements.compute(candidate, (key, existing) -> {
            PreparedStatement statement = existing == null ? candidate : existing;
            if (statement.clients == 0) {
                long open = openBytes.addAndGet(statement.bytes());
                if (limit > 0 && open > limit) {
                    openBytes.addAndGet(-statement.bytes());
                    return existing;
                }
            }
            if (existing == null) {
                bytes.addAndGet(statement.bytes());
            }
            statement.clients++;
            acquired.setPlain(statement);
            return statement;
        });
        return acquired.getPlain();
    }

    /**
     * A server knows the statement.
     *
     * @return false if the same text has become another statement since nobody used it any more
     */
    @SuppressWarnings("ReferenceEquality") // equal ones may have different names
    public boolean retainForServer(PreparedStatement statement) {
        PreparedStatement known = statements.compute(statement, (key, existing) -> {
            PreparedStatement retained = existing == null ? statement : existing;
            if (existing == null) {
                bytes.addAndGet(statement.bytes());
            }
            if (retained == statement) {
                statement.servers++;
            }
            return retained;
        });
        return known == statement;
    }

    /** A server knows it no more. Nothing happens if it has not been retained, another of the same text being known. */
    @SuppressWarnings("ReferenceEquality")
    public void releaseFromServer(PreparedStatement statement) {
        statements.computeIfPresent(statement, (key, existing) -> {
            if (existing == statement) {
                existing.servers--;
            }
            return kept(existing);
        });
    }

    /** A client has closed it. */
    public void release(PreparedStatement statement) {
        statements.computeIfPresent(statement, (key, existing) -> {
            existing.clients--;
            if (existing.clients == 0) {
                openBytes.addAndGet(-existing.bytes());
            }
            return kept(existing);
        });
    }

    private @Nullable PreparedStatement kept(PreparedStatement statement) {
        if (statement.clients + statement.servers > 0) {
            return statement;
        }
        bytes.addAndGet(-statement.bytes());
        return null;
    }

    /** Whether servers should forget what no client has open. */
    public boolean areCrowded() {
        long limit = bytesMax.getAsLong();
        return limit > 0 && bytes.get() > limit;
    }

    /** Whether some client has it open. */
    public boolean isOpen(PreparedStatement statement) {
        AtomicBoolean open = new AtomicBoolean();
        statements.computeIfPresent(statement, (key, existing) -> {
            open.setPlain(existing.clients > 0);
            return existing;
        });
        return open.getPlain();
    }

    /** Number of statements. */
    public int size() {
        return statements.size();
    }

    /** Bytes that all of them take. */
    public long bytes() {
        return bytes.get();
    }

    /** Bytes of those that clients have open, which are limited. */
    public long openBytes() {
        return openBytes.get();
    }
}
