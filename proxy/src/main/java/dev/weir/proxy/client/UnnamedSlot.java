package dev.weir.proxy.client;

import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.UnnamedStatement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The client's unnamed statement. What takes its place comes back if it turns out that PostgreSQL has skipped the message that
 * did so ({@link UnnamedChange}); until then its text is kept.
 *
 * <p>Confined to the client's event loop.
 */
final class UnnamedSlot {

    /** One longer than this is remembered only while there is room for such. */
    static final int BYTES_FREE = 8 << 10;

    private static final int NEVER = -1;

    private final StatementTexts texts;
    /** The statement, or the change that has closed it; null if there is none for any other reason. */
    private @Nullable Object state;
    /** What the text takes of the room for all clients'. */
    private int reserved;

    private final List<UnnamedStatement> replaced = new ArrayList<>();
    /** The batch in which it was changed last, while that is not answered. */
    private int changedIn = NEVER;

    UnnamedSlot(StatementTexts texts) {
        this.texts = texts;
    }

    @Nullable
    UnnamedStatement statement() {
        return state instanceof UnnamedStatement statement ? statement : null;
    }

    /** What {@link #restore} takes. */
    @Nullable
    Object state() {
        return state;
    }

    /**
     * The client prepares another one, or the same again.
     *
     * @param room bytes that have been {@linkplain StatementTexts#reserveUnnamed reserved} for it
     * @param revocable whether this may turn out not to have happened; {@link #onAllAnswered} follows
     */
    void set(UnnamedStatement statement, int room, boolean revocable) {
        if (!statement.equals(state)) {
            empty(revocable);
            state = statement;
        }
        reserved += room;
    }

    /** The client closes it; that may turn out not to have happened. */
    void close(UnnamedChange change) {
        empty(true);
        state = change;
    }

    /** There is none any more. */
    void clear() {
        empty(false);
        state = null;
    }

    private void empty(boolean revocable) {
        UnnamedStatement before = statement();
        if (before != null) {
            if (revocable) {
                replaced.add(before);
            } else {
                before.forget();
            }
        }
        texts.freeUnnamed(reserved);
        reserved = 0;
    }

    /** Goes back from {@code after} to {@code before}, unless something else has happened since. */
    @SuppressWarnings("ReferenceEquality") // just this change
    void restore(@Nullable Object after, @Nullable Object before) {
        if (state != after || after == before) {
            return;
        }
        empty(false);
        state = before;
        if (before instanceof UnnamedStatement statement) {
            replaced.remove(statement);
            byte[] definition = statement.definition();
            int length = definition == null || definition.length < BYTES_FREE ? 0 : definition.length;
            if (texts.reserveUnnamed(length)) {
                reserved = length;
            } else {
                statement.forget();
            }
        }
    }

    /** A message of this batch has changed it, whose turn with the server has not come. */
    void onChanging(int batch) {
        changedIn = batch;
    }

    /** Whether a message of an earlier batch has changed it, and may turn out to have been skipped. */
    boolean isDoubtful(int batch) {
        return changedIn != NEVER && changedIn != batch;
    }

    /** What has happened has happened. */
    void onAllAnswered() {
        changedIn = NEVER;
        if (!replaced.isEmpty()) {
            replaced.forEach(UnnamedStatement::forget);
            replaced.clear();
        }
    }
}
