package dev.weir.proxy.statement;

import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SuspectNames;
import org.jspecify.annotations.Nullable;

/**
 * What a client last prepared without a name; compared by identity, so that a server's unnamed statement is known to be this
 * very one.
 */
public final class UnnamedStatement {

    private final byte @Nullable [] definition;
    private final StatementTraits traits;
    private @Nullable HiddenTraits hidden;

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

    /** What is known by its text and by what else the names in it stand for; the text is read once for these names. */
    public StatementTraits traits(SuspectNames names, SqlDialect dialect) {
        if (names.isEmpty()) {
            return traits;
        }
        HiddenTraits last = hidden;
        if (last == null || last.names() != names) {
            int length = definition == null ? 0 : HiddenTraits.textLength(definition);
            last = HiddenTraits.of(traits, definition, length, names, dialect);
            hidden = last;
        }
        return last.traits();
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
