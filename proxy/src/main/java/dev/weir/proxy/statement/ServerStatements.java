package dev.weir.proxy.statement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shared statements that one server connection has prepared, least recently used first. What is on its way to the server
 * counts as prepared; whoever sends it takes it back when PostgreSQL refuses it.
 *
 * <p>Confined to the server's event loop.
 */
public final class ServerStatements {

    private final StatementTexts texts;
    private @Nullable UnnamedStatement unnamed;
    private @Nullable NameInUse nameInUse;
    private final LinkedHashMap<PreparedStatement, PreparedStatement> prepared = new LinkedHashMap<>(16, 0.75f, true);

    public ServerStatements(StatementTexts texts) {
        this.texts = texts;
    }

    /** Whether the server knows it; marks it as just used. */
    public boolean use(PreparedStatement statement) {
        return prepared.get(statement) != null;
    }

    /** Notes it as prepared. */
    public void add(PreparedStatement statement) {
        if (prepared.put(statement, statement) == null) {
            texts.retain(statement);
        }
    }

    /** Notes that the server does not know it. */
    public void remove(PreparedStatement statement) {
        if (prepared.remove(statement) != null) {
            texts.release(statement);
        }
    }

    /** The one unused for longest if there are {@code limit} or more, else null. */
    public @Nullable PreparedStatement findEvictable(int limit) {
        return prepared.size() < limit ? null : prepared.sequencedKeySet().getFirst();
    }

    /** The unnamed statement that the server holds, as far as that is known; null for none. */
    public @Nullable UnnamedStatement unnamed() {
        return unnamed;
    }

    /** Notes which unnamed statement the server holds from now on. */
    public void setUnnamed(@Nullable UnnamedStatement statement) {
        unnamed = statement;
    }

    /** The server knows none any more. */
    public void clear() {
        List<PreparedStatement> all = new ArrayList<>(prepared.keySet());
        prepared.clear();
        unnamed = null;
        all.forEach(texts::release);
    }

    /** Number of statements. */
    public int size() {
        return prepared.size();
    }

    /** A client has prepared a statement under a name that it has given to {@code statement} already. */
    public void nameInUse(PreparedStatement statement, byte[] clientName) {
        nameInUse = new NameInUse(statement, clientName);
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
     * @param clientName what the client calls the statement
     */
    @SuppressWarnings("ArrayRecordComponent") // a name as it stands on the wire, never compared
    public record NameInUse(PreparedStatement statement, byte[] clientName) {}
}
