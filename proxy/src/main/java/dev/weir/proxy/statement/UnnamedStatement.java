package dev.weir.proxy.statement;

import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SuspectNames;
import org.jspecify.annotations.Nullable;

/**
 * What a client last prepared without a name; compared by identity, so that a server's unnamed statement is known to be this
 * very one. Confined to the client's event loop, but that a server may hold on to it for the comparison.
 */
public final class UnnamedStatement {

    private byte @Nullable [] definition;
    private StatementTraits traits;
    private @Nullable HiddenTraits hidden;

    /** @param definition the body of the Parse message behind the name, or null if it is not kept */
    public UnnamedStatement(byte @Nullable [] definition, StatementTraits traits) {
        this.definition = definition;
        this.traits = traits;
    }

    /** The rest of its text has arrived: what it has become. */
    public void complete(byte @Nullable [] whole, StatementTraits known) {
        definition = whole;
        traits = known;
        hidden = null;
    }

    /** Nobody will bind it any more: lets go of the text. */
    public void forget() {
        definition = null;
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
            byte[] text = definition;
            int length = text == null ? 0 : HiddenTraits.textLength(text);
            last = HiddenTraits.of(traits, text, length, names, dialect);
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
