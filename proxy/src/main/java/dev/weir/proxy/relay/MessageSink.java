package dev.weir.proxy.relay;

import io.netty.buffer.ByteBuf;

/** What a {@link MessageFramer} tells the side of a connection that it reads for. */
public interface MessageSink {

    /** Answer of {@link #onMessage}: the message goes on with its neighbours. */
    int FORWARD = -1;

    /** Answer of {@link #onMessage}: the message, whatever of it is still to come included, goes nowhere. */
    int DISCARD = -2;

    /** Answer of {@link #onMessage}: ask again when more of the body has arrived. */
    int NEED_MORE = -3;

    /** Answer of {@link #onMessage}: stop in front of this message until {@link MessageFramer#resume}. */
    int STOP = -4;

    /**
     * A message whose type the sink wants to see.
     *
     * <p>{@code in} is borrowed and its indexes must not be moved. A sink that writes something of its own in front of or
     * instead of the message calls {@link MessageFramer#emitRun()} first, so that the order of bytes stays right.
     *
     * @param bodyStart index of the first byte of the body
     * @param bodyLength the whole body's length, which may be more than is here
     * @param available how much of the body is here
     * @return one of the constants, or a number of body bytes: header and that many body bytes have been replaced by the
     *     sink, the rest of the message is forwarded
     */
    int onMessage(byte type, ByteBuf in, int bodyStart, int bodyLength, int available);

    /** Bytes to forward, whole messages or pieces of them. The sink owns {@code run} and must release it or pass it on. */
    void onRun(ByteBuf run);
}
