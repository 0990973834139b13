package dev.weir.proxy.client;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.statement.ClientStatements;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The statements that one client has open, as it sees them: by its own names, and the last unnamed one. They are as they will
 * be when everything sent so far has gone well; what fails is undone. Confined to the client's event loop.
 */
final class OpenStatements {

    private final StatementTexts texts;
    private final BiConsumer<PreparedStatement, PreparedStatement> onUnderstood;
    private final ClientStatements named = new ClientStatements();
    private @Nullable UnnamedStatement unnamed;
    /** What the text of the unnamed one takes of the room for all clients'. */
    private int reserved;

    private boolean uncertain;

    /** @param onUnderstood hears of a statement and of what it has become under other settings */
    OpenStatements(StatementTexts texts, BiConsumer<PreparedStatement, PreparedStatement> onUnderstood) {
        this.texts = texts;
        this.onUnderstood = onUnderstood;
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
            put(name, texts.acquire(removed, removed.meaning()));
        }
    }

    /** The name was never given away after all, unless it has been given to another statement since. */
    void forget(byte[] name, PreparedStatement statement) {
        if (statement.equals(named.find(Unpooled.wrappedBuffer(name), 0, name.length))) {
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
        return unnamed;
    }

    /** @param room bytes that have been {@linkplain StatementTexts#reserveUnnamed reserved} for it */
    void setUnnamed(UnnamedStatement statement, int room) {
        if (!statement.equals(unnamed)) {
            forgetUnnamed();
        }
        unnamed = statement;
        reserved += room;
    }

    void forgetUnnamed() {
        UnnamedStatement before = unnamed;
        if (before != null) {
            before.forget();
        }
        unnamed = null;
        texts.freeUnnamed(reserved);
        reserved = 0;
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
    }

    boolean isUncertain() {
        return uncertain;
    }
}
