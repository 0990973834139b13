package dev.weir.proxy.statement;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One statement text with its parameter types, whoever prepared it: the part of a Parse message behind the name. It is known
 * to servers under a name of ours, so that many clients and many servers can share it.
 *
 * <p>Immutable but for its use count, which {@link StatementTexts} guards.
 */
public final class PreparedStatement {

    private final byte[] definition;
    private final int hash;
    private final long id;
    private final byte[] serverName;
    private final boolean endsTransaction;
    /** How many clients and servers know it; guarded by the table's lock for this key. */
    int uses;

    PreparedStatement(byte[] definition, long id) {
        this.definition = definition;
        this.hash = Arrays.hashCode(definition);
        this.id = id;
        this.endsTransaction = TransactionEnd.isAt(Unpooled.wrappedBuffer(definition), 0, definition.length);
        this.serverName = ("weir_" + id).getBytes(StandardCharsets.US_ASCII);
    }

    long id() {
        return id;
    }

    /** Query text, its terminator, and the parameter types: the body of a Parse message behind the name. */
    public byte[] definition() {
        return definition;
    }

    /** The name on every server, without terminator. */
    public byte[] serverName() {
        return serverName;
    }

    /** Whether it makes a transaction's work last. */
    public boolean endsTransaction() {
        return endsTransaction;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof PreparedStatement that
                        && hash == that.hash
                        && Arrays.equals(definition, that.definition));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The server's name for it: texts do not belong into logs. */
    @Override
    public String toString() {
        return "weir_" + id;
    }
}
