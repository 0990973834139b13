package dev.weir.proxy.statement;

import dev.weir.proxy.sql.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * What a client last prepared without a name; compared by identity, so that a server's unnamed statement is known to be this
 * very one.
 */
public final class UnnamedStatement {

    private final byte @Nullable [] definition;
    private final StatementTraits traits;

    /** @param definition the body of the Parse message behind the name, or null if it is too long to be kept */
    public UnnamedStatement(byte @Nullable [] definition, StatementTraits traits) {
        this.definition = definition;
        this.traits = traits;
    }

    /** The body of the Parse message behind the name, or null. */
    public byte @Nullable [] definition() {
        return definition;
    }

    /** What is known by its text. */
    public StatementTraits traits() {
        return traits;
    }

    /** {@link dev.weir.proxy.sql.Effects} of executing it. */
    public int effects() {
        return traits.effects();
    }

    /** What is to be done instead of executing it, null if PostgreSQL executes it. */
    public @Nullable SqlStatement command() {
        return traits.command();
    }

    /** The statement that it executes by name, which a server must know first; null for none. */
    public @Nullable PreparedStatement executed() {
        return traits.executed();
    }
}
