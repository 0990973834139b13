package dev.weir.proxy.client;

import dev.weir.proxy.net.LingeringClose;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

/**
 * What goes out to one client, and whether it is read: the one place that touches its channel. Confined to the client's event
 * loop.
 */
final class ClientOutput {

    private final Channel channel;
    private boolean suspended;

    ClientOutput(Channel channel) {
        this.channel = channel;
    }

    /** Hands over answers; owns them. */
    void write(ByteBuf run) {
        channel.write(run, channel.voidPromise());
    }

    void flush() {
        channel.flush();
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    ByteBuf buffer(int bytes) {
        return channel.alloc().buffer(bytes);
    }

    /** ReadyForQuery for what needed no server. */
    void readyForQuery(byte transactionStatus) {
        ByteBuf out = buffer(8);
        Messages.readyForQuery(out, transactionStatus);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    /** CloseComplete for what no server needed to hear. */
    void closeComplete() {
        ByteBuf out = buffer(8);
        Messages.closeComplete(out);
        write(out);
    }

    /** An error or a notice, at once. */
    void say(PgError message) {
        ByteBuf out = buffer(256);
        message.write(out);
        channel.writeAndFlush(out, channel.voidPromise());
    }

    /** The last word, then the end. */
    void closeWith(PgError error) {
        ByteBuf out = buffer(256);
        error.write(out);
        LingeringClose.after(channel, out);
    }

    /** Closes behind what was written. */
    void closeGently() {
        LingeringClose.after(channel, Unpooled.EMPTY_BUFFER);
    }

    void close() {
        channel.close();
    }

    /** Whether the client is read; a suspended one is not. */
    void readClient(boolean read) {
        boolean wanted = read && !suspended;
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    /** Whether the client may be read at all, from the next choice on. */
    void suspend(boolean stop) {
        suspended = stop;
    }
}
