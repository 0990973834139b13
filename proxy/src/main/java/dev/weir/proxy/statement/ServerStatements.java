package dev.weir.proxy.statement;

import dev.weir.proxy.sql.MentionedSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The shared statements that one server connection has prepared, least recently used first. What is on its way to the server
 * counts as prepared; whoever sends it takes it back when PostgreSQL refuses it.
 *
 * <p>Confined to the server's event loop.
 */
public final class ServerStatements {

    private static final UnnamedStatement NOBODYS =
            new UnnamedStatement(null, StatementTraits.of(0, MentionedSettings.NONE));

    private final StatementTexts texts;
    private final Supplier<Object> schema;
    private final LinkedHashMap<PreparedStatement, Preparation> prepared = new LinkedHashMap<>(16, 0.75f, true);
    private final List<Preparation> unanswered = new ArrayList<>();
    private @Nullable UnnamedStatement unnamed;
    private @Nullable NameInUse nameInUse;

    /** @param schema stands for the tables as they are; another object whenever they may have changed */
    public ServerStatements(StatementTexts texts, Supplier<Object> schema) {
        this.texts = texts;
        this.schema = schema;
    }

    /**
     * One attempt to prepare a statement. A later attempt at the same statement takes the place of an earlier one, whose
     * failure then means nothing any more.
     */
    public static final class Preparation {
        private final PreparedStatement statement;
        private final Object schema;
        private boolean answered;
        /** In which batch of the client's it was sent, behind something that may have failed; -1 for none. */
        private int batch = -1;

        private Preparation(PreparedStatement statement, Object schema) {
            this.statement = statement;
            this.schema = schema;
        }

        /** What the server knows. */
        public PreparedStatement statement() {
            return statement;
        }

        /** Whether the server knows it by this one's name: equal ones may have different names, if one is forgotten. */
        @SuppressWarnings("ReferenceEquality")
        private boolean isOf(PreparedStatement other) {
            return statement == other;
        }
    }

    /** Whether the server knows it as it is to be now, or will if nothing fails; marks it as just used. */
    public boolean use(PreparedStatement statement) {
        Preparation preparation = prepared.get(statement);
        return preparation != null && preparation.isOf(statement) && preparation.schema.equals(schema.get());
    }

    /** Whether the server knows it, if only as it was before tables changed, or by another name. */
    public boolean contains(PreparedStatement statement) {
        return prepared.containsKey(statement);
    }

    /** Whether PostgreSQL is known to have prepared it. */
    public boolean isConfirmed(PreparedStatement statement) {
        Preparation preparation = prepared.get(statement);
        return preparation != null && preparation.isOf(statement) && preparation.answered;
    }

    /** It is sent behind something in the client's batch of this number: if that fails, it is skipped. */
    public void isBehindOthers(Preparation preparation, int batch) {
        preparation.batch = batch;
    }

    /** Whether it was sent in an earlier batch than this, and may have been skipped there. */
    public boolean isDoubtful(PreparedStatement statement, int batch) {
        Preparation preparation = prepared.get(statement);
        return preparation != null && !preparation.answered && preparation.batch >= 0 && preparation.batch != batch;
    }

    /** Nothing is outstanding: what was not taken back by now has been prepared. */
    public void onAllAnswered() {
        if (!unanswered.isEmpty()) {
            unanswered.forEach(this::onAnswered);
            unanswered.clear();
        }
    }

    private void onAnswered(Preparation preparation) {
        preparation.answered = true;
        if (preparation.equals(prepared.get(preparation.statement))) {
            preparation.statement.onPreparedFor(preparation.schema);
        }
    }

    /** Notes that it is being prepared. */
    public Preparation add(PreparedStatement statement) {
        Preparation preparation = new Preparation(statement, schema.get());
        remove(statement);
        prepared.put(statement, preparation);
        texts.retainForServer(statement);
        unanswered.add(preparation);
        return preparation;
    }

    /** The attempt has failed. */
    public void onFailed(PreparedStatement statement, Preparation preparation) {
        if (preparation.equals(prepared.get(statement))) {
            remove(statement);
        }
    }

    /** Notes that the server does not know it; returns what was known of it. */
    public @Nullable Preparation remove(PreparedStatement statement) {
        Preparation removed = prepared.remove(statement);
        if (removed != null) {
            texts.releaseFromServer(removed.statement);
        }
        return removed;
    }

    /** Its removal has not happened. */
    public void restore(PreparedStatement statement, @Nullable Preparation removed) {
        if (removed != null && !prepared.containsKey(statement) && texts.retainForServer(removed.statement)) {
            prepared.put(removed.statement, removed);
        }
    }

    /**
     * What is to be closed before one more is prepared: those unused for longest if there are {@code limit} or more; and if
     * statements take too much memory, those that no client has open.
     *
     * @param needed what must stay in any case
     */
    public List<PreparedStatement> findEvictable(int limit, Collection<PreparedStatement> needed) {
        int surplus = prepared.size() - limit + 1;
        boolean crowded = texts.areCrowded();
        if (surplus <= 0 && !crowded) {
            return List.of();
        }
        List<PreparedStatement> evictable = new ArrayList<>();
        for (PreparedStatement statement : prepared.sequencedKeySet()) {
            boolean wanted = evictable.size() < surplus || (crowded && !texts.isOpen(statement));
            if (wanted && !needed.contains(statement)) {
                evictable.add(statement);
            }
        }
        return evictable;
    }

    /** PostgreSQL has prepared it in the course of a query. */
    public void onPrepared(PreparedStatement statement) {
        Preparation preparation = add(statement);
        unanswered.remove(preparation);
        onAnswered(preparation);
    }

    /** The unnamed statement that the server holds, as far as that is known; null for none. */
    public @Nullable UnnamedStatement unnamed() {
        return unnamed;
    }

    /** The server may hold any unnamed statement, or none: it is nobody's. */
    public void loseUnnamed() {
        unnamed = NOBODYS;
    }

    /** Notes which unnamed statement the server holds from now on. */
    public void setUnnamed(@Nullable UnnamedStatement statement) {
        unnamed = statement;
    }

    /** The server knows none any more. */
    public void clear() {
        List<PreparedStatement> all = new ArrayList<>(prepared.keySet());
        prepared.clear();
        unanswered.clear();
        unnamed = null;
        all.forEach(texts::releaseFromServer);
    }

    /** Whether just these were prepared by SQL, of which a digest of the text is given by name. */
    public boolean arePreparedBySql(Map<String, String> digests) {
        int count = 0;
        for (PreparedStatement statement : prepared.sequencedKeySet()) {
            if (statement.origin() == PreparedStatement.Origin.SQL) {
                count++;
                if (!statement.digest().equals(digests.get(statement.toString()))) {
                    return false;
                }
            }
        }
        return count == digests.size();
    }

    /** Number of statements. */
    public int size() {
        return prepared.size();
    }

    /** A client has prepared a statement under a name that it has given to {@code statement} already. */
    public void nameInUse(PreparedStatement statement, byte[] clientName) {
        nameInUse(statement.toString(), clientName);
    }

    /** As {@link #nameInUse(PreparedStatement, byte[])}, where the server has heard of it as {@code serverName}. */
    public void nameInUse(String serverName, byte[] clientName) {
        nameInUse = new NameInUse(serverName, clientName);
    }

    /** What the error that has just come may be about; asked once for each error. */
    public @Nullable NameInUse takeNameInUse() {
        NameInUse taken = nameInUse;
        nameInUse = null;
        return taken;
    }

    /**
     * A name that a client has tried to use twice.
     *
     * @param serverName what the server calls the statement
     * @param clientName what the client calls it
     */
    @SuppressWarnings("ArrayRecordComponent") // a name as it stands on the wire, never compared
    public record NameInUse(String serverName, byte[] clientName) {
        /** The client's name, its bytes read as Latin-1. */
        public String latinName() {
            return new String(clientName, StandardCharsets.ISO_8859_1);
        }
    }
}
