package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.BackendMessage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;

/// Reads whole messages of a server until the connection ends, and then adds one of type [BackendMessage#END].
///
/// @param arrived where they go
record SessionReader(SocketChannel channel, BlockingQueue<BackendMessage> arrived) implements Runnable {

    private static final int LENGTH_BYTES = 4;
    private static final int LARGEST_MESSAGE = 64 << 20;

    @Override
    public void run() {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)))) {
            for (int type = in.read(); type >= 0; type = in.read()) {
                int length = in.readInt();
                if (length < LENGTH_BYTES || length > LARGEST_MESSAGE) {
                    break;
                }
                byte[] body = new byte[length - LENGTH_BYTES];
                in.readFully(body);
                arrived.add(new BackendMessage((byte) type, body));
            }
        } catch (IOException _) {
            // The end of the connection in another form.
        }
        arrived.add(new BackendMessage(BackendMessage.END, new byte[0]));
    }
}
