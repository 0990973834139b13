package dev.weir.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What a client has sent before it is logged in and nobody has read yet. Confined to its event loop. */
final class LoginBytes {

    private @Nullable ByteBuf held;

    /** Whether anything has ever come. */
    boolean hasAny() {
        return held != null;
    }

    /** Whether something is left. */
    boolean isReadable() {
        return held != null && held.isReadable();
    }

    /** Takes what has come; gives that and what was left before, which stays its own. */
    ByteBuf append(ByteBuf in, ByteBufAllocator allocator) {
        ByteBuf before = held;
        if (before == null) {
            held = in;
            return in;
        }
        ByteBuf all = allocator.buffer(before.readableBytes() + in.readableBytes());
        all.writeBytes(before).writeBytes(in);
        before.release();
        in.release();
        held = all;
        return all;
    }

    /** Gives away what is left, if anything; the caller owns it. */
    @Nullable
    ByteBuf take() {
        ByteBuf rest = held;
        held = null;
        if (rest != null && !rest.isReadable()) {
            rest.release();
            return null;
        }
        return rest;
    }
}
