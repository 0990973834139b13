package dev.weir.proxy.admin;

import dev.weir.console.Console;
import dev.weir.console.ConsoleUser;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes over the channel of a client that has logged in to the console: collects bytes into whole messages and hands
/// them to the [ConsoleSession] one at a time, the next one when it is free and the client has read what it got.
/// Confined to the channel's event loop, except for [#cancel()].
///
/// To take over: add it behind everything else, write [ConsoleWelcome] and flush, then hand it any bytes that came
/// behind the login with [#channelRead].
public final class ConsoleHandler extends ChannelInboundHandlerAdapter {

    /// Longest message. Commands are short; this only has to be out of the way of drivers.
    private static final int MESSAGE_MAX = 1 << 16;

    /// While a command runs, so many bytes of the next ones are read ahead and no more.
    private static final int READ_AHEAD_MAX = 1 << 16;

    private static final int TYPE_BYTES = 1;
    private static final int LENGTH_BYTES = 4;
    private static final Logger LOGGER = LoggerFactory.getLogger(ConsoleHandler.class);

    private final ConsoleSession session;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private boolean closing;
    private String closeReason = "client unexpected eof";
    private boolean reading;

    /// A handler for one logged-in client.
    ///
    /// @param onError hears what the client is told
    public ConsoleHandler(Console console, ConsoleUser user, Consumer<PgError> onError) {
        this.session = new ConsoleSession(console, user, this::onFree, this::onFailure, onError);
    }

    /// A cancel request for this session arrived. May be called from any thread.
    public void cancel() {
        session.cancel();
    }

    /// Why the connection has ended. To be asked on its event loop.
    String closeReason() {
        return closeReason;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        session.open(ctx);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        session.close();
        forget();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
        } else {
            received = collect(ctx.alloc(), received, (ByteBuf) message);
            process(ctx);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        process(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        session.close();
        forget();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            var _ = ctx.close();
            return;
        }
        LOGGER.error("console session failed", cause);
        end(ctx, PgError.fatal(SqlState.INTERNAL_ERROR, "internal error"));
    }

    private void onFailure(Throwable cause) {
        exceptionCaught(session.context(), cause);
    }

    private void onFree() {
        ChannelHandlerContext ctx = session.context();
        if (!ctx.isRemoved()) {
            process(ctx);
        }
    }

    /// Whatever is handled here may complete a write and so come back here: the outer call goes on in that case.
    private void process(ChannelHandlerContext ctx) {
        if (reading) {
            return;
        }
        reading = true;
        try {
            while (!closing && !session.busy() && ctx.channel().isWritable() && nextMessage()) {
                closing = session.terminated();
            }
        } catch (ProtocolViolation violation) {
            end(ctx, violation.error());
        } finally {
            reading = false;
        }
        // An idle session holds no buffer.
        if (closing || !received.isReadable()) {
            forget();
        }
        session.flush();
        if (session.terminated()) {
            closeReason = "client close request";
            var _ = ctx.close();
        } else if (!closing) {
            ctx.channel().config().setAutoRead(received.readableBytes() < READ_AHEAD_MAX || !isHeldUp(ctx));
        }
    }

    private boolean isHeldUp(ChannelHandlerContext ctx) {
        return session.busy() || !ctx.channel().isWritable();
    }

    /// Hands the next message to the session if all of it is there.
    private boolean nextMessage() {
        if (!received.isReadable()) {
            return false;
        }
        int start = received.readerIndex();
        byte type = received.getByte(start);
        session.checkType(type);
        if (received.readableBytes() < TYPE_BYTES + LENGTH_BYTES) {
            return false;
        }
        int length = received.getInt(start + TYPE_BYTES);
        if (length < LENGTH_BYTES || length > MESSAGE_MAX) {
            throw new ProtocolViolation("invalid message length: " + Integer.toUnsignedString(length));
        }
        if (received.readableBytes() < TYPE_BYTES + length) {
            return false;
        }
        FieldReader body = new FieldReader(received, start + TYPE_BYTES + LENGTH_BYTES, length - LENGTH_BYTES);
        received.skipBytes(TYPE_BYTES + length);
        session.onMessage(type, body);
        return true;
    }

    private void end(ChannelHandlerContext ctx, PgError error) {
        closing = true;
        closeReason = error.message();
        session.fail(error);
        session.flush();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void forget() {
        received.release();
        received = Unpooled.EMPTY_BUFFER;
    }

    private static ByteBuf collect(ByteBufAllocator allocator, ByteBuf before, ByteBuf more) {
        if (!before.isReadable()) {
            before.release();
            return more;
        }
        ByteBuf together = allocator.buffer(before.readableBytes() + more.readableBytes());
        together.writeBytes(before).writeBytes(more);
        before.release();
        more.release();
        return together;
    }
}
