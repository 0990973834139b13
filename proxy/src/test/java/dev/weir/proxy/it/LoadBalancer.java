package dev.weir.proxy.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A TCP load balancer as simple as can be: each new connection goes to the next backend of which `/health/ready` has
/// said 200 when it was last asked; connections that are there already stay where they are.
final class LoadBalancer implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(50);

    /// @param port for clients
    /// @param ready the page to ask
    record Backend(int port, URI ready) {}

    private final ServerSocket front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Backend> backends = new CopyOnWriteArrayList<>();
    private final Map<Backend, Boolean> ready = new ConcurrentHashMap<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean closed;

    LoadBalancer() throws IOException {
        threads.execute(this::accept);
    }

    int port() {
        return front.getLocalPort();
    }

    /// Begins to look at it, and to send clients there when it is ready.
    void add(Backend backend) {
        backends.add(backend);
        clock.scheduleWithFixedDelay(() -> ask(backend), 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    void remove(Backend backend) {
        backends.remove(backend);
        ready.remove(backend);
    }

    boolean isReady(Backend backend) {
        return ready.getOrDefault(backend, false);
    }

    private void ask(Backend backend) {
        if (!backends.contains(backend)) {
            return;
        }
        HttpRequest question = HttpRequest.newBuilder(backend.ready())
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            ready.put(backend, client.send(question, BodyHandlers.discarding()).statusCode() == 200);
        } catch (IOException e) {
            ready.put(backend, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = front.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        open.add(socket);
        List<Backend> usable = backends.stream().filter(this::isReady).toList();
        if (usable.isEmpty()) {
            close(socket);
            return;
        }
        Backend chosen = usable.get(Math.floorMod(turn.getAndIncrement(), usable.size()));
        Socket behind = new Socket();
        open.add(behind);
        try {
            behind.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), chosen.port()));
            threads.execute(() -> copy(socket, behind));
            copy(behind, socket);
        } catch (IOException refused) {
            close(socket);
        } finally {
            close(behind);
            close(socket);
            open.removeAll(List.of(socket, behind));
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // Where one side has gone, the other one is told by the end of its connection.
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        front.close();
        open.forEach(LoadBalancer::close);
        clock.shutdownNow();
        threads.close();
        client.close();
    }
}
