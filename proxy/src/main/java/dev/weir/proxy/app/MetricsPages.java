package dev.weir.proxy.app;

import dev.weir.console.http.AdminHttpServer;
import dev.weir.console.http.AdminSite;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP listeners of one pooler. Thread-safe.
final class MetricsPages implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(MetricsPages.class);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final AdminSite site;
    private final Executor background;
    private final List<AdminHttpServer> servers = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /// @param background runs what blocks
    MetricsPages(AdminSite site, Executor background) {
        this.site = site;
        this.background = background;
    }

    /// Listens.
    ///
    /// @throws IOException if an address cannot be had; then on none of them
    void open(List<String> hosts, int port) throws IOException {
        List<AdminHttpServer> opened = new ArrayList<>();
        try {
            for (String host : hosts) {
                InetSocketAddress address =
                        host.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
                opened.add(AdminHttpServer.start(address, site));
            }
        } catch (IOException e) {
            opened.forEach(AdminHttpServer::close);
            throw e;
        }
        servers.addAll(opened);
        if (closed) {
            close();
        }
    }

    /// Listens as soon as the process that has the addresses now has given them up. Returns at once.
    void openWhenFree(List<String> hosts, int port) {
        background.execute(() -> {
            if (!isOpened(hosts, port)) {
                LOGGER.info("metrics wait for port {}, which another process has", port);
                tryAgain(hosts, port);
            }
        });
    }

    private void tryAgain(List<String> hosts, int port) {
        CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS, background)
                .execute(() -> {
                    if (!closed && !isOpened(hosts, port)) {
                        tryAgain(hosts, port);
                    }
                });
    }

    private boolean isOpened(List<String> hosts, int port) {
        try {
            open(hosts, port);
            return true;
        } catch (IOException taken) {
            LOGGER.debug("metrics on port {}: {}", port, taken.getMessage());
            return false;
        }
    }

    /// Where they listen.
    List<InetSocketAddress> addresses() {
        return servers.stream().map(AdminHttpServer::address).toList();
    }

    /// Stops listening for good.
    @Override
    public void close() {
        closed = true;
        servers.forEach(AdminHttpServer::close);
        servers.clear();
        site.close();
    }
}
