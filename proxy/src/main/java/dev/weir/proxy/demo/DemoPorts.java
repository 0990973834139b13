package dev.weir.proxy.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// The ports on 127.0.0.1 that the demo listens on: the usual ones where they are free.
///
/// @param clients where clients of the database connect
/// @param console where the console is
/// @param metrics where metrics are
/// @param notes what is to be said about ports that are not the usual ones
record DemoPorts(int clients, int console, int metrics, List<String> notes) {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    DemoPorts {
        notes = List.copyOf(notes);
    }

    static DemoPorts choose() throws IOException {
        return choose(6432, 6433, 9127);
    }

    /// Chooses these ports, and for each that is taken a free one.
    static DemoPorts choose(int clients, int console, int metrics) throws IOException {
        List<String> notes = new ArrayList<>();
        return new DemoPorts(
                freeOr(clients, "clients", notes),
                freeOr(console, "the console", notes),
                freeOr(metrics, "metrics", notes),
                notes);
    }

    private static int freeOr(int usual, String purpose, List<String> notes) throws IOException {
        if (isFree(usual)) {
            return usual;
        }
        try (ServerSocket any = new ServerSocket(0, 1, LOOPBACK)) {
            notes.add("Port %d is taken: %d is for %s.".formatted(usual, any.getLocalPort(), purpose));
            return any.getLocalPort();
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(LOOPBACK, port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
