package dev.weir.proxy.doctor;

import dev.weir.proxy.wire.BackendMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/// Hands whole messages over to the thread that asks. Confined to its event loop.
final class ServerMessageDecoder extends ByteToMessageDecoder {

    private static final int HEADER_BYTES = 5;
    private static final int LENGTH_BYTES = 4;
    /// No answer to a question of the doctor's is longer.
    private static final int MESSAGE_BYTES_MAX = 1 << 20;

    /// Nor are all answers on one connection together.
    private static final long ALL_BYTES_MAX = 16L << 20;

    private final BlockingQueue<BackendMessage> arrived;
    private long bytes;

    ServerMessageDecoder(BlockingQueue<BackendMessage> arrived) {
        this.arrived = arrived;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        while (in.readableBytes() >= HEADER_BYTES) {
            int start = in.readerIndex();
            int length = in.getInt(start + 1);
            boolean impossible = length < LENGTH_BYTES || length > MESSAGE_BYTES_MAX;
            if (impossible || bytes + length > ALL_BYTES_MAX) {
                in.skipBytes(in.readableBytes());
                context.close();
                return;
            }
            if (in.readableBytes() < length + 1) {
                return;
            }
            bytes += length + 1;
            byte[] body = new byte[length - LENGTH_BYTES];
            in.getBytes(start + HEADER_BYTES, body);
            in.skipBytes(length + 1);
            arrived.add(new BackendMessage(in.getByte(start), body));
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        arrived.add(new BackendMessage(BackendMessage.END, new byte[0]));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
