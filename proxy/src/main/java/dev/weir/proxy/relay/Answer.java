package dev.weir.proxy.relay;

import io.netty.buffer.ByteBuf;

/** An answer that is invented in other words than its kind alone tells. Noted in place of an {@link Undo}. */
public interface Answer extends Undo {

    /** Writes the message or messages. */
    void write(ByteBuf out);

    @Override
    default void undo() {}
}
