package dev.weir.proxy.client;

import dev.weir.proxy.relay.Described;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.ServerStatements;
import org.jspecify.annotations.Nullable;

/**
 * The use of a statement that the server may turn out not to know: the error calls it by the client's name. Noted for the Bind
 * or the Describe.
 *
 * @param clientName as it stands on the wire
 * @param other what was to be noted otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record NamedUse(
        ServerStatements statements,
        PreparedStatement statement,
        byte[] clientName,
        @Nullable Undo other) implements Described {

    @Override
    public void onDescribed(int shape) {
        if (other instanceof Described asker) {
            asker.onDescribed(shape);
        }
    }

    @Override
    public void undo() {
        if (other != null) {
            other.undo();
        }
        statements.nameInUse(statement, clientName);
    }
}
