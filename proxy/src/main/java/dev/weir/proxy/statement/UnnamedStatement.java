package dev.weir.proxy.statement;

import org.jspecify.annotations.Nullable;

/**
 * What a client last prepared without a name; compared by identity, so that a server's unnamed statement is known to be this
 * very one.
 */
public final class UnnamedStatement {

    private final byte @Nullable [] definition;
    private final boolean endsTransaction;

    /** @param definition the body of the Parse message behind the name, or null if it is too long to be kept */
    public UnnamedStatement(byte @Nullable [] definition, boolean endsTransaction) {
        this.definition = definition;
        this.endsTransaction = endsTransaction;
    }

    /** The body of the Parse message behind the name, or null. */
    public byte @Nullable [] definition() {
        return definition;
    }

    /** Whether it makes a transaction's work last. */
    public boolean endsTransaction() {
        return endsTransaction;
    }
}
