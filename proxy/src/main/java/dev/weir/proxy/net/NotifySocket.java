package dev.weir.proxy.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The socket at which a service manager hears how its service is (sd_notify(3)). Linux only. Thread-safe.
public final class NotifySocket implements AutoCloseable {

    private final int descriptor;

    private NotifySocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Connects.
    ///
    /// @param path a file, or a name in the abstract namespace that begins with `@`
    /// @throws IOException if there is no such socket
    public static NotifySocket open(String path) throws IOException {
        return new NotifySocket(NativeSockets.connectUnixDatagram(path));
    }

    /// Says something: lines of the form `NAME=value`, in one message.
    ///
    /// @throws IOException if nobody hears it any more
    public synchronized void send(String lines) throws IOException {
        NativeSockets.send(descriptor, lines.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        NativeSockets.close(descriptor);
    }
}
