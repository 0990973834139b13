package dev.weir.proxy.client;

import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.statement.ServerStatements;
import dev.weir.proxy.statement.UnnamedStatement;
import org.jspecify.annotations.Nullable;

/**
 * A Parse or a Close of the client's unnamed statement, on its way to a server: the Parse that fails leaves none, neither here
 * nor there, and the one that is skipped leaves what was there before.
 *
 * <p>Confined to the client's event loop.
 */
final class UnnamedChange implements Undo {

    private final UnnamedSlot slot;
    private final @Nullable ServerStatements statements;
    private final @Nullable Object before;
    private final @Nullable UnnamedStatement serverBefore;
    private final @Nullable UnnamedStatement after;

    private UnnamedChange(UnnamedSlot slot, @Nullable ServerStatements statements, @Nullable UnnamedStatement after) {
        this.slot = slot;
        this.statements = statements;
        this.before = slot.state();
        this.serverBefore = statements == null ? null : statements.unnamed();
        this.after = after;
    }

    /**
     * Before a Parse is noted.
     *
     * @param statements those of the server that gets it, null if none does
     */
    static UnnamedChange toPrepare(UnnamedSlot slot, @Nullable ServerStatements statements, UnnamedStatement parsed) {
        return new UnnamedChange(slot, statements, parsed);
    }

    /** Notes a Close. */
    static UnnamedChange close(UnnamedSlot slot, ServerStatements statements) {
        UnnamedChange change = new UnnamedChange(slot, statements, null);
        slot.close(change);
        statements.setUnnamed(null);
        return change;
    }

    private Object state() {
        return after == null ? this : after;
    }

    @Override
    public void undo() {
        if (statements != null) {
            statements.loseUnnamed();
        }
        slot.restore(state(), null);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // just this change
    public void skip() {
        if (statements != null && statements.unnamed() == after) {
            statements.setUnnamed(serverBefore);
        }
        slot.restore(state(), before);
    }
}
