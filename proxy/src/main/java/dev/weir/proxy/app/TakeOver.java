package dev.weir.proxy.app;

import com.sun.security.auth.module.UnixSystem;
import dev.weir.config.TransportKind;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.proxy.net.DescriptorStream;
import dev.weir.proxy.net.InheritedSockets;
import dev.weir.proxy.net.OldProcessSocket;
import dev.weir.proxy.net.Transport;
import dev.weir.proxy.net.UnixSocketFile;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The online restart (`-R`), seen from the new process: gets the listening sockets of the running one from its console
/// (`SHOW FDS`), and tells it when they are in use here (`SHUTDOWN HANDED_OVER`). Until then the old process knows
/// nothing of it and goes on as before, whatever happens here. Used by the main thread.
public final class TakeOver implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(TakeOver.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path socket;
    private final OldConsole console;
    private final InheritedSockets sockets;

    private TakeOver(Path socket, OldConsole console, InheritedSockets sockets) {
        this.socket = socket;
        this.console = console;
        this.sockets = sockets;
    }

    /// Gets the sockets of the process that runs with this configuration; empty when there is none.
    ///
    /// @throws StartupFailed if there is one, but not of this user, or it does not give its sockets away
    public static Optional<TakeOver> begin(WeirConfig config) throws StartupFailed {
        String directory = config.get(GeneralSettings.UNIX_SOCKET_DIR);
        if (directory.isEmpty() || directory.startsWith("@")) {
            throw new StartupFailed("-R needs unix_socket_dir to be a directory: the running process is reached there");
        }
        TransportKind transport = config.get(GeneralSettings.TRANSPORT);
        if (transport != TransportKind.EPOLL
                && (transport != TransportKind.AUTO || Transport.best() != Transport.EPOLL)) {
            throw new StartupFailed("-R needs transport epoll (Linux): others cannot take sockets over");
        }
        Path socket = Path.of(UnixSocketFile.pathIn(directory, config.get(GeneralSettings.LISTEN_PORT)));
        try {
            return Optional.of(from(socket, DescriptorStream.connect(socket.toString(), PATIENCE)));
        } catch (NoSuchFileException | ConnectException e) {
            LOGGER.info("old process not found, try to continue normally ({}: nobody listens)", socket);
            return Optional.empty();
        } catch (IOException e) {
            throw new StartupFailed("cannot take over from the process at %s: %s".formatted(socket, e.getMessage()), e);
        }
    }

    private static TakeOver from(Path socket, DescriptorStream stream) throws IOException {
        OldConsole console = login(stream);
        InheritedSockets sockets = new InheritedSockets();
        try {
            OldConsole.Answer version = console.ask("SHOW VERSION");
            if (version.rows().isEmpty() || version.rows().getFirst().isEmpty()) {
                throw new IOException("it answers nothing to SHOW VERSION");
            }
            String running = String.valueOf(version.rows().getFirst().getFirst());
            if (!running.contains("Weir")) {
                throw new IOException("it is " + running + ", not Weir");
            }
            OldConsole.Answer answer = console.ask("SHOW FDS");
            for (int descriptor : answer.descriptors()) {
                sockets.add(descriptor);
            }
            if (sockets.isEmpty()) {
                throw new IOException("it gives no sockets away; it is shutting down, or its transport is not epoll");
            }
            return new TakeOver(socket, console, sockets);
        } catch (IOException e) {
            sockets.close();
            console.close();
            throw e;
        }
    }

    private static OldConsole login(DescriptorStream stream) throws IOException {
        DescriptorStream.Peer peer = stream.peer();
        long self = new UnixSystem().getUid();
        if (peer.userId() != self) {
            stream.close();
            throw new IOException("it belongs to uid %d, this one to uid %d".formatted(peer.userId(), self));
        }
        LOGGER.info("taking over from process {}", peer.processId());
        return OldConsole.open(stream);
    }

    /// The sockets that were received.
    InheritedSockets sockets() {
        return sockets;
    }

    /// Tells the old process that its sockets are in use here: it lets go of them, serves the clients that it has, and
    /// ends with the last of them. Whatever it answers, there is no way back.
    ///
    /// @return where the processes listen that still have clients
    List<Path> confirm() {
        try {
            console.ask("SHUTDOWN HANDED_OVER");
            LOGGER.info("taken over; the old process serves the clients that it has");
            return OldProcessSocket.find(socket);
        } catch (IOException e) {
            LOGGER.warn("the old process has not confirmed the take-over: {}", e.getMessage());
            return List.of();
        }
    }

    @Override
    public void close() {
        sockets.close();
        try {
            console.close();
        } catch (IOException e) {
            LOGGER.debug("closing the console of the old process: {}", e.getMessage());
        }
    }
}
