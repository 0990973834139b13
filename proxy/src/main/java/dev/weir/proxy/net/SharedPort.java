package dev.weir.proxy.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leaves a port that several processes listen on without a word to any client. The kernel deals connections out to the
/// sockets when they begin, and resets those that wait in the line of one that is closed. So a filter first drops what
/// would begin a connection here; connections under way are completed and accepted; then the socket is closed. Whoever
/// was dropped sends its SYN again, after a second, and gets to another process.
final class SharedPort {

    /// How long the filter stays before the socket is closed: enough for the handshakes that were under way, and less
    /// than the second after which a dropped SYN comes again.
    static final Duration DRAIN = Duration.ofMillis(700);

    private static final Logger LOGGER = LoggerFactory.getLogger(SharedPort.class);

    // Classic BPF over a TCP segment, filter.txt of the kernel: | int16 code | int8 jt | int8 jf | int32 k |.
    private static final int LOAD_BYTE = 0x30;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int FLAGS_OFFSET = 13;
    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    private static final long[] DROP_SYN = {
        instruction(LOAD_BYTE, 0, 0, FLAGS_OFFSET),
        instruction(AND, 0, 0, SYN | ACK),
        instruction(JUMP_IF_EQUAL, 0, 1, SYN),
        instruction(RETURN, 0, 0, 0),
        instruction(RETURN, 0, 0, -1),
    };

    private SharedPort() {}

    private static long instruction(int code, int ifTrue, int ifFalse, int operand) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .putShort((short) code)
                .put((byte) ifTrue)
                .put((byte) ifFalse)
                .putInt(operand)
                .getLong(0);
    }

    /// Lets no new connection begin on this socket.
    ///
    /// @return whether the system did that
    static boolean refuseNew(BoundListener listener) {
        if (listener.descriptor() < 0) {
            return false;
        }
        try {
            NativeSockets.attachFilter(listener.descriptor(), DROP_SYN);
            return true;
        } catch (IOException e) {
            LOGGER.debug("cannot drain {}: {}", listener.address(), e.getMessage());
            return false;
        }
    }
}
