package dev.weir.console.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.console.port.PoolerView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pages for machines and browsers: `/metrics`, `/health/live`, `/health/ready`, and `/`, which links to them. Each
/// request runs on a virtual thread, never on an event loop. Thread-safe.
public final class AdminHttpServer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(AdminHttpServer.class);
    private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);
    private static final int BACKLOG = 50;

    private static final String FRONT_PAGE = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Weir</title></head>
        <body>
        <h1>Weir</h1>
        <ul>
        <li><a href="/metrics">/metrics</a>: for Prometheus</li>
        <li><a href="/health/live">/health/live</a>: the process works</li>
        <li><a href="/health/ready">/health/ready</a>: the process takes new clients</li>
        </ul>
        </body>
        </html>
        """;

    static {
        // The JDK's server reads its limits from system properties, once. A client that dawdles must not hold a
        // connection for ever, nor many of them hold all descriptors.
        limit("sun.net.httpserver.maxReqTime", "10");
        limit("sun.net.httpserver.maxRspTime", "30");
        limit("sun.net.httpserver.maxReqHeaders", "100");
        limit("jdk.httpserver.maxConnections", "100");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final MetricsEndpoint metrics;
    private final HealthEndpoint health;

    private AdminHttpServer(HttpServer server, PoolerView view) {
        this.server = server;
        this.threads = Executors.newVirtualThreadPerTaskExecutor();
        this.metrics = new MetricsEndpoint(view);
        this.health = new HealthEndpoint(view, HEALTH_LIMIT);
    }

    /// Starts to listen.
    ///
    /// @param address where; port 0 takes a free one
    /// @throws IOException if the address cannot be had
    public static AdminHttpServer start(InetSocketAddress address, PoolerView view) throws IOException {
        AdminHttpServer admin = new AdminHttpServer(HttpServer.create(address, BACKLOG), view);
        admin.server.setExecutor(admin.threads);
        admin.server.createContext("/", admin::handle);
        admin.server.start();
        return admin;
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /// Stops at once; requests under way are cut off.
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        metrics.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Response response = respond(exchange);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.getResponseHeaders().set("Content-Type", response.contentType());
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            if (response.status() == 405) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            }
            exchange.sendResponseHeaders(response.status(), head ? -1 : response.body().length);
            if (!head) {
                exchange.getResponseBody().write(response.body());
            }
        }
    }

    private Response respond(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Response.text(405, "only GET and HEAD");
        }
        try {
            return switch (exchange.getRequestURI().getPath()) {
                case "/" -> Response.html(FRONT_PAGE);
                case "/metrics" -> metrics.scrape(exchange.getRequestHeaders().getFirst("Accept"));
                case "/health/live" -> health.live();
                case "/health/ready" -> health.ready();
                default -> Response.text(404, "not found");
            };
        } catch (IOException | RuntimeException e) {
            LOGGER.error("request for {} failed", exchange.getRequestURI().getPath(), e);
            return Response.text(500, "internal error, see log for details");
        }
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
