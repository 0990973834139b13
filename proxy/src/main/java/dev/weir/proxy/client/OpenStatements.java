package dev.weir.proxy.client;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.statement.ClientStatements;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.statement.UnnamedStatement;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The statements that one client has open, as it sees them: by its own names, and the last unnamed one. They are as they will
 * be when everything sent so far has gone well; what fails is undone. Confined to the client's event loop.
 */
final class OpenStatements {

    /** So many named statements, and so many bytes of them, may one client keep open. */
    private static final int STATEMENTS_MAX = 20_000;

    private static final long STATEMENT_BYTES_MAX = 64L << 20;

    private final StatementTexts texts;
    private final BiConsumer<PreparedStatement, PreparedStatement> onUnderstood;
    private final ClientStatements named = new ClientStatements();
    private final UnnamedSlot unnamed;
    private boolean uncertain;
    /** Names, as Latin-1, of which the server's answers may take back what has become of them, and in which batch it has. */
    private final Map<String, Integer> changing = new HashMap<>();
    /** What was never given away after all, by the servers' names: messages behind it may have used it. */
    private final Map<String, String> forgotten = new HashMap<>();

    /** @param onUnderstood hears of a statement and of what it has become under other settings */
    OpenStatements(StatementTexts texts, BiConsumer<PreparedStatement, PreparedStatement> onUnderstood) {
        this.texts = texts;
        this.unnamed = new UnnamedSlot(texts);
        this.onUnderstood = onUnderstood;
    }

    /**
     * A statement that the client may open.
     *
     * @return null if there is no room for it, {@link #refusal} says why
     */
    @Nullable
    PreparedStatement acquire(
            PreparedStatement.Origin origin, byte[] definition, SessionSettings meaning, StatementTraits traits) {
        return isFull(definition.length) ? null : texts.acquire(origin, definition, meaning, traits);
    }

    /** Whether the client has as many open as it may have. */
    boolean isFull(int length) {
        return count() >= STATEMENTS_MAX || bytes() + length > STATEMENT_BYTES_MAX;
    }

    /** What a client is told that cannot open one more statement. */
    PgError refusal(int length) {
        return isFull(length)
                ? PgError.error(SqlState.OUT_OF_MEMORY, "too many prepared statements are open in this session")
                        .withHint("Close or DEALLOCATE those that are not needed any more.")
                : PgError.error(
                                SqlState.OUT_OF_MEMORY,
                                "the prepared statements of all sessions take as much memory as they may"
                                        + " (prepared_statement_memory)")
                        .withHint("Close or DEALLOCATE those that are not needed any more, use unnamed ones, or raise"
                                + " prepared_statement_memory. SHOW MEM on the console tells how much they take.");
    }

    /** Number of named statements. */
    int count() {
        return named.size();
    }

    /** Bytes of the definitions of the named ones. */
    long bytes() {
        return named.bytes();
    }

    /** The named statement as it is understood under {@code meaning}, null if there is none. */
    @Nullable
    PreparedStatement find(ByteBuf in, int start, int length, SessionSettings meaning) {
        PreparedStatement statement = named.find(in, start, length);
        if (statement == null || statement.meaning().equals(meaning)) {
            return statement;
        }
        PreparedStatement understood = texts.acquire(statement, meaning);
        named.put(WireNames.bytes(in, start, length), understood);
        onUnderstood.accept(statement, understood);
        texts.release(statement);
        return understood;
    }

    /** As the other, for a name that is at hand. */
    @Nullable
    PreparedStatement find(byte[] name, SessionSettings meaning) {
        return find(Unpooled.wrappedBuffer(name), 0, name.length, meaning);
    }

    /** Opens a statement whose use the caller has acquired. */
    void put(byte[] name, PreparedStatement statement) {
        PreparedStatement before = named.put(name, statement);
        if (before != null) {
            texts.release(before);
        }
    }

    /** Closes a statement; returns it, not in use any more. */
    @Nullable
    PreparedStatement remove(byte[] name) {
        PreparedStatement removed = named.remove(name);
        if (removed != null) {
            texts.release(removed);
        }
        return removed;
    }

    /** The statement was not closed after all. */
    void restore(byte[] name, @Nullable PreparedStatement removed) {
        if (removed != null) {
            put(name, texts.reopen(removed));
        }
    }

    /** Whether a message of an earlier batch has given the name away or taken it, and may turn out to have been skipped. */
    boolean isDoubtful(ByteBuf in, int start, int length, int batch) {
        if (changing.isEmpty()) {
            return false;
        }
        Integer changed = changing.get(in.toString(start, length, StandardCharsets.ISO_8859_1));
        return changed != null && changed != batch;
    }

    /** A message of this batch gives the name away or takes it, whose turn with the server has not come. */
    void onChanging(byte[] name, int batch) {
        changing.put(new String(name, StandardCharsets.ISO_8859_1), batch);
    }

    /** What the name stands for, under whatever settings. */
    @Nullable
    PreparedStatement peek(ByteBuf in, int start, int length) {
        return named.find(in, start, length);
    }

    /** The name was never given away after all, unless it has been given to another statement since. */
    void forget(byte[] name, PreparedStatement statement) {
        forgotten.put(statement.toString(), new String(name, StandardCharsets.ISO_8859_1));
        PreparedStatement now = named.find(Unpooled.wrappedBuffer(name), 0, name.length);
        if (now != null && now.hasTextOf(statement)) { // perhaps under other settings
            remove(name);
        }
    }

    /** Closes all; answers a way back. */
    Runnable removeAll() {
        List<byte[]> names = new ArrayList<>();
        List<PreparedStatement> statements = new ArrayList<>();
        named.forEach((name, statement) -> {
            names.add(name);
            statements.add(statement);
        });
        named.clear(texts::release);
        return () -> {
            for (int i = 0; i < names.size(); i++) {
                restore(names.get(i), statements.get(i));
            }
        };
    }

    /** Closes all for good. */
    void clear() {
        named.clear(texts::release);
        forgetUnnamed();
    }

    @Nullable
    UnnamedStatement unnamed() {
        return unnamed.statement();
    }

    /** Where the unnamed statement is. */
    UnnamedSlot unnamedSlot() {
        return unnamed;
    }

    void forgetUnnamed() {
        unnamed.clear();
    }

    /** A simple query destroys the unnamed statement, the client's own and whoever's the server holds. */
    void onSimpleQuery(ServerConnection server) {
        forgetUnnamed();
        server.statements().setUnnamed(null);
    }

    /** A command goes to the server that may close statements there and here: nothing is sure before it is answered. */
    void onDiscardSent() {
        uncertain = true;
    }

    void onAllAnswered() {
        uncertain = false;
        unnamed.onAllAnswered();
        changing.clear();
        forgotten.clear();
    }

    /** A name of the client's for the statement that servers know by this name, null if there is none; both as Latin-1. */
    @Nullable
    String nameOf(String serverName) {
        AtomicReference<@Nullable String> found = new AtomicReference<>(forgotten.get(serverName));
        named.forEach((name, statement) -> {
            if (statement.toString().equals(serverName)) {
                found.setPlain(new String(name, StandardCharsets.ISO_8859_1));
            }
        });
        return found.getPlain();
    }

    boolean isUncertain() {
        return uncertain;
    }
}
