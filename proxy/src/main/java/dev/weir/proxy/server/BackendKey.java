package dev.weir.proxy.server;

import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;

/**
 * What PostgreSQL wants to see before it cancels a backend's query: the content of its BackendKeyData.
 *
 * @param pid process id of the backend
 * @param secret as received, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record BackendKey(int pid, byte[] secret) {

    /** Before BackendKeyData has come, or from a server that sends none: nothing can be cancelled. */
    public static final BackendKey NONE = new BackendKey(0, new byte[0]);

    /** Appends the CancelRequest. */
    public void writeCancelRequest(ByteBuf out) {
        Messages.cancelRequest(out, pid, secret);
    }

    /** The pid only. */
    @Override
    public String toString() {
        return "backend " + pid;
    }
}
