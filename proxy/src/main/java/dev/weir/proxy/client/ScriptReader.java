package dev.weir.proxy.client;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.SqlScanner;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SqlStatements.Placed;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.StatementTraits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the statements of one Query as PostgreSQL will, and notes what each of them means by the names of prepared
 * statements. One object for one Query. Confined to the client's event loop.
 *
 * <p>Each name of the client's stands for a statement of its own on the server for as long as the text runs: where two names
 * stand for the same shared one, the second gets a twin.
 */
final class ScriptReader {

    /** Some of what is prepared is not known by name. */
    private static final int NAMELESS = Effects.PREPARES | Effects.DEALLOCATES;

    private final ClientSession session;
    private final StatementTexts texts;
    private final OpenStatements open;
    private final ServerConnection server;
    private final ByteBuf in;
    private final SessionSettings meaning;
    private final QueryScript script;
    /** What the names mean that the text has changed, as Latin-1; null for nothing. */
    private final Map<String, @Nullable PreparedStatement> changed = new HashMap<>();

    private final Set<PreparedStatement> taken = new HashSet<>();
    private final Set<String> bound = new HashSet<>();
    private boolean allGone;
    private boolean certain = true;
    private boolean crowded;

    /** @param meaning the settings under which the text's own statements will be understood */
    ScriptReader(
            ClientSession session,
            StatementTexts texts,
            OpenStatements open,
            ServerConnection server,
            byte[] text,
            SessionSettings meaning) {
        this.session = session;
        this.texts = texts;
        this.open = open;
        this.server = server;
        this.in = Unpooled.wrappedBuffer(text);
        this.meaning = meaning;
        this.script = new QueryScript(texts::release);
    }

    /** Whether one of these statements names a prepared one. */
    static boolean isScript(List<Placed> statements) {
        return statements.stream()
                .anyMatch(placed -> placed.statement() instanceof SqlStatement.Prepare
                        || placed.statement() instanceof SqlStatement.Execute
                        || placed.statement() instanceof SqlStatement.Deallocate);
    }

    /** What is to be sent, null if there is no room for what it prepares. */
    @Nullable
    QueryScript read(List<Placed> statements) {
        for (int i = 0; i < statements.size() && !crowded; i++) {
            Placed placed = statements.get(i);
            switch (placed.statement()) {
                case SqlStatement.Execute execute ->
                    use(execute.name(), placed.start() + execute.nameStart(), placed.start() + execute.nameEnd());
                case SqlStatement.Deallocate deallocate -> deallocate(deallocate, placed, i);
                case SqlStatement.DeallocateAll _ -> {
                    allGone = true;
                    changed.clear();
                }
                case SqlStatement.Prepare prepare -> prepare(prepare, placed, i);
                default -> certain &= (effects(placed) & NAMELESS) == 0;
            }
        }
        if (crowded) {
            script.discard();
        }
        return crowded ? null : script;
    }

    /** Whether every statement that it makes or ends is known by name. */
    boolean isCertain() {
        return certain;
    }

    private int effects(Placed placed) {
        return SqlScanner.effects(in, placed.start(), placed.end() - placed.start(), session.dialect());
    }

    private static String key(String name) {
        return new String(WireNames.bytes(name), StandardCharsets.ISO_8859_1);
    }

    private @Nullable PreparedStatement find(String name) {
        String key = key(name);
        if (changed.containsKey(key)) {
            return changed.get(key);
        }
        return allGone ? null : open.find(WireNames.bytes(name), session.meaning());
    }

    /** The statement that a name stands for, by which the server will know it; null if it stands for none. */
    private @Nullable PreparedStatement use(String name, int from, int to) {
        PreparedStatement statement = find(name);
        if (statement == null) {
            return null; // PostgreSQL says so itself
        }
        if (bound.add(key(name))) {
            if (!taken.add(statement)) {
                statement = twin(name, statement);
                if (statement == null) {
                    return null;
                }
            }
            script.need(statement);
        }
        script.rename(from, to, statement, key(name));
        return statement;
    }

    private @Nullable PreparedStatement twin(String name, PreparedStatement statement) {
        PreparedStatement twin =
                texts.acquireAlone(statement.origin(), statement.definition(), statement.meaning(), statement.traits());
        if (twin == null) {
            crowded = true;
            return null;
        }
        open.put(WireNames.bytes(name), twin);
        taken.add(twin);
        return twin;
    }

    private void deallocate(SqlStatement.Deallocate deallocate, Placed placed, int number) {
        int from = placed.start() + deallocate.nameStart();
        PreparedStatement statement = use(deallocate.name(), from, placed.start() + deallocate.nameEnd());
        if (statement != null) {
            changed.put(key(deallocate.name()), null);
            script.then(number, () -> {
                open.remove(WireNames.bytes(deallocate.name()));
                server.statements().remove(statement);
            });
        }
    }

    private void prepare(SqlStatement.Prepare prepare, Placed placed, int number) {
        int from = placed.start() + prepare.nameStart();
        int to = placed.start() + prepare.nameEnd();
        if (find(prepare.name()) != null) {
            use(prepare.name(), from, to); // in use: PostgreSQL says so, and nothing behind it runs
            return;
        }
        int length = placed.start() + prepare.end() - to;
        byte[] definition = WireNames.bytes(in, to, length);
        StatementTraits traits = StatementTraits.read(in, to, length, effects(placed) & ~Effects.PREPARES);
        PreparedStatement statement = texts.acquire(PreparedStatement.Origin.SQL, definition, meaning, traits);
        if (statement != null && taken.contains(statement)) {
            texts.release(statement);
            statement = texts.acquireAlone(PreparedStatement.Origin.SQL, definition, meaning, traits);
        }
        if (statement == null || open.isFull(definition.length)) {
            crowded = true;
            if (statement != null) {
                texts.release(statement);
            }
            return;
        }
        PreparedStatement prepared = statement;
        taken.add(prepared);
        bound.add(key(prepare.name()));
        changed.put(key(prepare.name()), prepared);
        script.prepares(prepared);
        script.rename(from, to, prepared, key(prepare.name()));
        script.then(number, () -> {
            script.onPrepared(prepared);
            server.statements().onPrepared(prepared);
            open.put(WireNames.bytes(prepare.name()), prepared);
        });
    }
}
