package dev.weir.proxy.statement;

import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.state.SessionSettings;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One statement text with its parameter types, whoever prepared it: known to servers under a name of ours, so that many
 * clients and many servers can share it. The same text prepared under settings that give it another meaning is another
 * statement.
 *
 * <p>Immutable but for its use count, which {@link StatementTexts} guards.
 */
public final class PreparedStatement {

    private final Origin origin;
    private final byte[] definition;
    private final SessionSettings meaning;
    private final StatementTraits traits;
    private final int hash;
    private final long id;
    private final byte[] serverName;
    /** How many clients and servers know it; guarded by the table's lock for this key. */
    int uses;

    /** How it was prepared. */
    public enum Origin {
        /** By Parse; the definition is that message's body behind the name. */
        PARSE,
        /** By the SQL command PREPARE; the definition is that command's text behind the name. */
        SQL
    }

    PreparedStatement(Origin origin, byte[] definition, SessionSettings meaning, StatementTraits traits, long id) {
        this.origin = origin;
        this.definition = definition;
        this.meaning = meaning;
        this.traits = traits;
        this.hash = 31 * Arrays.hashCode(definition) + meaning.hashCode();
        this.id = id;
        this.serverName = ("weir_" + id).getBytes(StandardCharsets.US_ASCII);
    }

    long id() {
        return id;
    }

    public Origin origin() {
        return origin;
    }

    /** Query text, its terminator, and the parameter types; or what stands behind the name in PREPARE. */
    public byte[] definition() {
        return definition;
    }

    /** The settings under which its text was understood. */
    public SessionSettings meaning() {
        return meaning;
    }

    /** The name on every server, without terminator. */
    public byte[] serverName() {
        return serverName;
    }

    /** {@link dev.weir.proxy.sql.Effects} of executing it. */
    public int effects() {
        return traits.effects();
    }

    /** What is to be done instead of executing it, null if PostgreSQL executes it. */
    public @Nullable SqlStatement command() {
        return traits.command();
    }

    /** What is known by its text. */
    public StatementTraits traits() {
        return traits;
    }

    /** The statement that it executes by name, which a server must know first; null for none. */
    public @Nullable PreparedStatement executed() {
        return traits.executed();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof PreparedStatement that
                        && hash == that.hash
                        && origin == that.origin
                        && Arrays.equals(definition, that.definition)
                        && meaning.equals(that.meaning));
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
