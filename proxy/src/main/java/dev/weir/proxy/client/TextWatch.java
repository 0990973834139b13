package dev.weir.proxy.client;

import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.sql.LongText;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.statement.StatementTraits;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a text that is too long to wait for while it goes on to the server, and tells what it may do before its last byte
 * does: PostgreSQL executes nothing of a message that it has not got whole. Confined to the client's event loop.
 */
final class TextWatch implements MessageFramer.Watcher {

    private final LongText text;
    private final SuspectNames suspects;
    private final byte @Nullable [] copy;
    private final Consumer<StatementTraits> end;
    private int copied;

    /**
     * @param copy takes what is read, null if nothing has to
     * @param end gets what the whole text may do
     */
    TextWatch(ClientSession session, byte @Nullable [] copy, Consumer<StatementTraits> end) {
        this.suspects = session.pool().suspects();
        this.text = new LongText(session.dialect(), suspects);
        this.copy = copy;
        this.end = end;
    }

    @Override
    public void onPiece(ByteBuf in, int start, int length, boolean last) {
        text.feed(in, start, length);
        if (copy != null) {
            in.getBytes(start, copy, copied, length);
            copied += length;
        }
        if (last) {
            text.end();
            end.accept(StatementTraits.read(text, suspects));
        }
    }
}
