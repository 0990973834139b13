package dev.weir.proxy.statement;

import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.sql.TimeConstants;
import dev.weir.proxy.state.SessionSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One statement text with its parameter types, whoever prepared it: known to servers under a name of ours, so that many
 * clients and many servers can share it. The same text prepared under settings that give it another meaning is another
 * statement.
 *
 * <p>Thread-safe; its use count is guarded by {@link StatementTexts}.
 */
public final class PreparedStatement {

    /** More than databases that share a text, or changes of their tables, at a time. */
    private static final int SCHEMAS_MAX = 16;

    /** What a statement takes beside its text. */
    private static final int OVERHEAD_BYTES = 256;

    /** What all names on servers begin with: nobody gives a statement such a name by accident. */
    public static final String NAME_PREFIX = "weir_" + HexFormat.of().toHexDigits(new SecureRandom().nextInt()) + "_";

    private final Origin origin;
    private final byte[] definition;
    private final SessionSettings meaning;
    private final StatementTraits traits;
    private final int hash;
    private final boolean alone;
    /** Its meaning hangs on when it was prepared, so that it is like no other. */
    private final boolean individual;

    private final long id;
    private final byte[] serverName;
    /** How many clients have it open; guarded by the table's lock for this key. */
    int clients;
    /** How many servers know it; guarded likewise. */
    int servers;
    /** For which tables it has proven right: what is right in one database may be wrong in another. */
    private volatile Set<Object> proven = Set.of();
    /** The rows that it gives for which tables, where that has been asked. */
    private volatile Map<Object, Integer> shapes = Map.of();

    /** For the names that were last asked about, which differ by database. */
    private volatile @Nullable HiddenTraits hidden;

    /** Written without a lock: everybody writes the same. */
    private volatile long fingerprint;

    /** How it was prepared. */
    public enum Origin {
        /** By Parse; the definition is that message's body behind the name. */
        PARSE,
        /** By the SQL command PREPARE; the definition is that command's text behind the name. */
        SQL
    }

    /** @param alone whether it is to be like no other */
    PreparedStatement(
            Origin origin, byte[] definition, SessionSettings meaning, StatementTraits traits, boolean alone, long id) {
        this.origin = origin;
        this.definition = definition;
        this.meaning = meaning;
        this.traits = traits;
        this.alone = alone;
        this.individual = alone || TimeConstants.mayBeIn(definition);
        this.hash = 31 * Arrays.hashCode(definition) + meaning.hashCode();
        this.id = id;
        this.serverName = (NAME_PREFIX + id).getBytes(StandardCharsets.US_ASCII);
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

    /** Whether it is the other one, if perhaps under other settings. */
    @SuppressWarnings("ReferenceEquality") // the definition is handed on, never copied
    public boolean hasTextOf(PreparedStatement other) {
        return definition == other.definition;
    }

    /** Whether it has been made for one client alone. */
    boolean isAlone() {
        return alone;
    }

    /** What it takes of memory. */
    long bytes() {
        return OVERHEAD_BYTES + (long) definition.length;
    }

    /** The SHA-256 of the PREPARE, as PostgreSQL has it if its encoding is that in which the text came. */
    String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("PREPARE ".getBytes(StandardCharsets.US_ASCII));
            digest.update(serverName);
            return HexFormat.of().formatHex(digest.digest(definition));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
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

    /** Whether some server has prepared it for this {@code schema}. */
    public boolean isProvenFor(Object schema) {
        return proven.contains(schema);
    }

    void onPreparedFor(Object schema) {
        if (!proven.contains(schema)) {
            synchronized (this) {
                Set<Object> more = new HashSet<>(proven.size() < SCHEMAS_MAX ? proven : Set.of());
                more.add(schema);
                proven = Set.copyOf(more);
            }
        }
    }

    /** What rows it gives for this {@code schema} ({@link dev.weir.proxy.wire.RowShape}), null if nobody has asked. */
    public @Nullable Integer shape(Object schema) {
        return shapes.get(schema);
    }

    /** PostgreSQL has told what rows it gives for this {@code schema}. */
    public void onDescribed(Object schema, int shape) {
        Integer known = shapes.get(schema);
        if (known == null || known != shape) {
            synchronized (this) {
                Map<Object, Integer> more = new HashMap<>(shapes.size() < SCHEMAS_MAX ? shapes : Map.of());
                more.put(schema, shape);
                shapes = Map.copyOf(more);
            }
        }
    }

    /** What its text has in common with those that differ in constants only; 0 if nobody has looked. */
    public long fingerprint() {
        return fingerprint;
    }

    /** Somebody has looked; whoever else does comes to the same. */
    public void onFingerprint(long found) {
        fingerprint = found;
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
            last = HiddenTraits.of(traits, definition, HiddenTraits.textLength(definition), names, dialect);
            hidden = last;
        }
        return last.traits();
    }

    /** The statement that it executes by name, which a server must know first; null for none. */
    public @Nullable PreparedStatement executed() {
        return traits.executed();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (!individual
                        && other instanceof PreparedStatement that
                        && !that.individual
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
        return NAME_PREFIX + id;
    }
}
