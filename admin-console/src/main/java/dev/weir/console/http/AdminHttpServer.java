package dev.weir.console.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Serves the pages for machines and browsers. Each request runs on a virtual thread, never on an event loop.
/// Thread-safe.
public final class AdminHttpServer implements AutoCloseable {

    private static final int BACKLOG = 50;

    /// What every response says to browsers: run nothing, keep nothing, show nothing inside of other pages.
    private static final Map<String, String> SAFE = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "Cache-Control", "no-store");

    static {
        // The JDK's server reads its limits from system properties, once. A client that dawdles must not hold a
        // connection for ever, nor many of them hold all descriptors.
        limit("sun.net.httpserver.maxReqTime", "10");
        limit("sun.net.httpserver.maxRspTime", "30");
        limit("sun.net.httpserver.maxReqHeaders", "100");
        limit("jdk.httpserver.maxConnections", "100");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AdminSite site;

    private AdminHttpServer(HttpServer server, AdminSite site) {
        this.server = server;
        this.site = site;
    }

    /// Starts to listen.
    ///
    /// @param address where; port 0 takes a free one
    /// @param site what is served; not closed with the listener
    /// @throws IOException if the address cannot be had
    public static AdminHttpServer start(InetSocketAddress address, AdminSite site) throws IOException {
        AdminHttpServer admin = new AdminHttpServer(bound(address, site.encryption()), site);
        admin.server.setExecutor(admin.threads);
        admin.server.createContext("/", admin::handle);
        admin.server.start();
        return admin;
    }

    private static HttpServer bound(InetSocketAddress address, @Nullable SSLContext encryption) throws IOException {
        if (encryption == null) {
            return HttpServer.create(address, BACKLOG);
        }
        HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(encryption));
        return server;
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
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Response response = respond(exchange);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            SAFE.forEach(exchange.getResponseHeaders()::set);
            response.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(response.status(), head ? -1 : response.body().length);
            if (!head) {
                exchange.getResponseBody().write(response.body());
            }
        }
    }

    private Response respond(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Response.error(405, "only GET and HEAD").with("Allow", "GET, HEAD");
        }
        Headers headers = exchange.getRequestHeaders();
        return site.get(
                exchange.getRequestURI().getPath(),
                exchange.getRequestURI().getRawQuery(),
                headers.getFirst("Accept"),
                headers.getFirst("Authorization"));
    }

    private static void limit(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
