package dev.weir.proxy.doctor;

import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.tls.TlsForServers;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One server: its name, its addresses, its encryption; and then connections to it. For one thread.
final class ServerVisit {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final Duration SLOW = Duration.ofSeconds(1);
    /// So many slow answers are awaited of one server.
    private static final int ANSWERS_MAX = 24;

    private final WeirConfig config;
    private final ServerAddress server;
    private final @Nullable TlsForServers tls;
    private final EventLoop loop;
    private final Duration patience;
    private final Diagnosis diagnosis;
    private final long beginNanos = System.nanoTime();
    private @Nullable SocketAddress reached;

    ServerVisit(
            WeirConfig config,
            ServerAddress server,
            @Nullable TlsForServers tls,
            EventLoop loop,
            Duration patience,
            Diagnosis diagnosis) {
        this.config = config;
        this.server = server;
        this.tls = tls;
        this.loop = loop;
        this.patience = patience;
        this.diagnosis = diagnosis;
    }

    /// Whether it has taken so much time that nothing more is asked of it.
    boolean isOverdue() {
        return System.nanoTime() - beginNanos
                > patience.multipliedBy(ANSWERS_MAX).toNanos();
    }

    ServerAddress server() {
        return server;
    }

    /// A new connection, agreed on TLS and not logged in.
    Probe connect() throws ProbeFailed {
        if (reached == null) {
            throw new ProbeFailed(ProbeFailed.Stage.CONNECT, "not reached");
        }
        return open(reached);
    }

    private Probe open(SocketAddress address) throws ProbeFailed {
        return switch (server) {
            case ServerAddress.Tcp tcp -> Probe.open(loop, address, tls, tcp.host(), tcp.port(), patience);
            case ServerAddress.Unix unix -> Probe.open(loop, address, null, unix.host(), unix.port(), patience);
        };
    }

    /// Finds the server.
    ///
    /// @return whether a login can be tried
    boolean reach() {
        List<SocketAddress> addresses = addresses();
        for (SocketAddress address : addresses) {
            if (isOverdue()) {
                diagnosis.skip("connect", server.toString(), "no more addresses were tried: it takes too long");
                break;
            }
            reach(address, addresses.size() > 1);
        }
        return reached != null;
    }

    private List<SocketAddress> addresses() {
        switch (server) {
            case ServerAddress.Unix unix -> {
                if (unix.host().startsWith("@")) {
                    diagnosis.skip("connect", server.toString(), "sockets in the abstract namespace are not tried");
                    return List.of();
                }
                return List.of(UnixDomainSocketAddress.of(Path.of(unix.path())));
            }
            case ServerAddress.Tcp tcp -> {
                return resolved(tcp);
            }
        }
    }

    private List<SocketAddress> resolved(ServerAddress.Tcp tcp) {
        long began = System.nanoTime();
        try {
            InetAddress[] found = InetAddress.getAllByName(tcp.host());
            long took = System.nanoTime() - began;
            String names = Arrays.stream(found).map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
            String message = String.format(Locale.ROOT, "%s, in %.1f ms", names, took / NANOS_PER_MILLI);
            if (took > SLOW.toNanos()) {
                diagnosis.warn("dns", tcp.host(), message, "a nearer DNS server, or the address itself as host");
            } else {
                diagnosis.ok("dns", tcp.host(), message);
            }
            List<SocketAddress> addresses = new ArrayList<>();
            for (InetAddress address : found) {
                addresses.add(new InetSocketAddress(address, tcp.port()));
            }
            return addresses;
        } catch (UnknownHostException _) {
            diagnosis.fail(
                    "dns",
                    tcp.host(),
                    "no such name, or no answer",
                    "the name of the host as `getent hosts` finds it on this machine, or its address");
            return List.of();
        }
    }

    private void reach(SocketAddress address, boolean named) {
        String subject = named ? server + " at " + text(address) : server.toString();
        long began = System.nanoTime();
        try (Probe probe = open(address)) {
            double millis = (System.nanoTime() - began) / NANOS_PER_MILLI;
            diagnosis.ok("connect", subject, String.format(Locale.ROOT, "reached in %.1f ms", millis));
            if (server instanceof ServerAddress.Tcp tcp) {
                new TlsCheck(config, diagnosis).examine(subject, tcp, probe, probe.tls() == null && offersTls(address));
            }
            if (reached == null) {
                reached = address;
            }
        } catch (ProbeFailed e) {
            if (e.stage() == ProbeFailed.Stage.TLS) {
                diagnosis.ok("connect", subject, "reached");
                diagnosis.fail("tls", subject, e.reason(), TlsCheck.advice(e.reason()));
            } else {
                diagnosis.fail("connect", subject, e.reason(), unreachable(e.reason()));
            }
        }
    }

    private String unreachable(String reason) {
        if (server instanceof ServerAddress.Unix) {
            return "the directory that `SHOW unix_socket_directories` tells as host, and PostgreSQL's port";
        }
        return reason.contains("refused")
                ? "the port that PostgreSQL listens on (`SHOW port`), and listen_addresses = '*' in postgresql.conf"
                : "the host that PostgreSQL runs on; firewalls and security groups must let this machine in";
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : address.toString();
    }

    /// Asks on a connection of its own ("Message Flow", "SSL Session Encryption").
    private boolean offersTls(SocketAddress address) {
        int millis = Math.toIntExact(patience.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(address, millis);
            socket.setSoTimeout(millis);
            ByteBuf request = Unpooled.buffer();
            Messages.sslRequest(request);
            request.readBytes(socket.getOutputStream(), request.readableBytes());
            return socket.getInputStream().read() == 'S';
        } catch (IOException _) {
            return false;
        }
    }
}
