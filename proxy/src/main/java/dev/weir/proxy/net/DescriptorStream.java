package dev.weir.proxy.net;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A blocking connection to a Unix socket that receives descriptors along with bytes (`SCM_RIGHTS`). Linux only.
/// Confined to one thread.
public final class DescriptorStream implements AutoCloseable {

    private final int socket;
    private final List<Integer> descriptors = new ArrayList<>();

    private DescriptorStream(int socket) {
        this.socket = socket;
    }

    /// Connects.
    ///
    /// @param timeout how long a read or a write may take, whole seconds
    /// @throws java.nio.file.NoSuchFileException if there is no such socket
    /// @throws java.net.ConnectException if nobody listens there
    /// @throws IOException if this process may not connect
    public static DescriptorStream connect(String path, Duration timeout) throws IOException {
        DescriptorStream stream = new DescriptorStream(NativeSockets.connectUnix(path));
        try {
            NativeSockets.setOption(stream.socket, NativeSockets.SO_RCVTIMEO, timeout.toSeconds(), 0);
            NativeSockets.setOption(stream.socket, NativeSockets.SO_SNDTIMEO, timeout.toSeconds(), 0);
            return stream;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    /// The process that listens at the other end, and the user it ran under when it began to.
    ///
    /// @param processId its process id
    /// @param userId its user id
    public record Peer(long processId, int userId) {}

    /// Who listens at the other end.
    public Peer peer() throws IOException {
        int[] credentials = NativeSockets.option(socket, NativeSockets.SO_PEERCRED, 3); // pid, uid, gid
        return new Peer(credentials[0], credentials[1]);
    }

    /// Sends all of it.
    public void write(byte[] bytes) throws IOException {
        NativeSockets.send(socket, bytes);
    }

    /// Waits for bytes. Descriptors that come along are kept for [#takeDescriptors()].
    ///
    /// @return how many bytes; 0 when the other end has closed
    public int read(byte[] into) throws IOException {
        NativeSockets.Received received = NativeSockets.receive(socket, into);
        descriptors.addAll(received.descriptors());
        return received.count();
    }

    /// The descriptors that have come, in their order; the caller owns them.
    public List<Integer> takeDescriptors() {
        List<Integer> taken = List.copyOf(descriptors);
        descriptors.clear();
        return taken;
    }

    /// Closes the connection, and descriptors that nobody took.
    @Override
    public void close() throws IOException {
        for (int descriptor : takeDescriptors()) {
            NativeSockets.close(descriptor);
        }
        NativeSockets.close(socket);
    }
}
