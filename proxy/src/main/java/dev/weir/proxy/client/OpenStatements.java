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
import org.jspecify.annotations.Nullable;

/**
 * The statements that one client has open, as it sees them: by its own names, and the last unnamed one. They are as they will
 * be when everything sent so far has gone well; what fails is undone. Confined to the client's event loop.
 */
final class OpenStatements {

    private final StatementTexts texts;
    private final ClientStatements named = new ClientStatements();
    private @Nullable UnnamedStatement unnamed;
    private boolean uncertain;

    OpenStatements(StatementTexts texts) {
        this.texts = texts;
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
        unnamed = null;
    }

    @Nullable
    UnnamedStatement unnamed() {
        return unnamed;
    }

    void setUnnamed(UnnamedStatement statement) {
        unnamed = statement;
    }

    void forgetUnnamed() {
        unnamed = null;
    }

    /** A simple query destroys the unnamed statement, the client's own and whoever's the server holds. */
    void onSimpleQuery(ServerConnection server) {
        unnamed = null;
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
