package dev.weir.proxy.app;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.proxy.net.Listener;
import dev.weir.proxy.net.Listeners;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listening sockets that a service manager has opened for this process: systemd's `LISTEN_FDS` (sd_listen_fds(3)).
/// Immutable.
///
/// @param sockets in the order in which they were passed
public record SocketActivation(List<Passed> sockets) {

    /// Sockets that the configuration asks for, and no others.
    public static final SocketActivation NONE = new SocketActivation(List.of());

    private static final Logger LOGGER = LoggerFactory.getLogger(SocketActivation.class);

    /// The name (`FileDescriptorName=`) of a socket for operators.
    private static final String CONSOLE = "console";

    private static final int FIRST_DESCRIPTOR = 3;
    /// More than anybody has use for.
    private static final int SOCKETS_MAX = 1_000;

    /// One of them.
    ///
    /// @param kind who is expected there
    public record Passed(int descriptor, Listener.Kind kind) {}

    /// Copies the list.
    public SocketActivation {
        sockets = List.copyOf(sockets);
    }

    /// What the environment says.
    ///
    /// @param pid of this process: what is meant for another one is not touched
    /// @param firstMoved whether the launcher has moved descriptor 3 behind the others
    /// @throws StartupFailed if it cannot be understood
    static SocketActivation of(Map<String, String> environment, long pid, boolean firstMoved) throws StartupFailed {
        String count = environment.getOrDefault("LISTEN_FDS", "");
        if (count.isEmpty() || !String.valueOf(pid).equals(environment.get("LISTEN_PID"))) {
            return NONE;
        }
        int number = number(count);
        List<String> names =
                Arrays.asList(environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1));
        List<Passed> sockets = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            int descriptor = FIRST_DESCRIPTOR + (firstMoved && i == 0 ? number : i);
            boolean console = i < names.size() && names.get(i).equals(CONSOLE);
            sockets.add(new Passed(descriptor, console ? Listener.Kind.CONSOLE : Listener.Kind.CLIENTS));
        }
        return new SocketActivation(sockets);
    }

    /// What this process has been given.
    public static SocketActivation ofThisProcess() throws StartupFailed {
        return of(System.getenv(), ProcessHandle.current().pid(), Boolean.getBoolean("weir.descriptor3.moved"));
    }

    private static int number(String count) throws StartupFailed {
        try {
            int number = Integer.parseInt(count);
            if (number >= 0 && number <= SOCKETS_MAX) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new StartupFailed("LISTEN_FDS is no number: " + count, e);
        }
        throw new StartupFailed("LISTEN_FDS is no number of sockets: " + count);
    }

    /// Listens on all of them.
    ///
    /// @return the port of the first for clients that has one, else the one of the configuration
    int listen(Listeners listeners, WeirConfig config) throws IOException {
        LOGGER.info(
                "listening on {} sockets of the service manager; listen_addr, listen_port and unix_socket_dir of the"
                        + " configuration are not used",
                sockets.size());
        int port = 0;
        for (Passed socket : sockets) {
            SocketAddress address = listeners.listenOn(socket.kind(), socket.descriptor());
            if (port == 0 && socket.kind() == Listener.Kind.CLIENTS && address instanceof InetSocketAddress tcp) {
                port = tcp.getPort();
            }
        }
        return port == 0 ? config.get(GeneralSettings.LISTEN_PORT) : port;
    }

    /// Whether there are any.
    public boolean isEmpty() {
        return sockets.isEmpty();
    }

    /// Whether there is one for operators.
    boolean hasConsole() {
        return sockets.stream().anyMatch(socket -> socket.kind() == Listener.Kind.CONSOLE);
    }
}
