package dev.weir.proxy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;

/// Asks a pooler for its pages.
public final class WebPages implements AutoCloseable {

    private final HttpClient client;
    private final String scheme;
    private final int port;

    private WebPages(HttpClient.Builder client, String scheme, int port) {
        this.client = client.version(HttpClient.Version.HTTP_1_1).build();
        this.scheme = scheme;
        this.port = port;
    }

    /// Has the pooler serve its pages on a free port.
    public static WeirFixture.Setup in(WeirFixture.Setup setup) {
        return setup.set("metrics_listen_port", Integer.toString(freePort()));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Those of a running pooler.
    public static WebPages of(WeirFixture weir) {
        return new WebPages(HttpClient.newBuilder(), "http", port(weir));
    }

    /// Those of a running pooler that serves them over TLS.
    ///
    /// @param trust who is trusted
    public static WebPages of(WeirFixture weir, SSLContext trust) {
        return new WebPages(HttpClient.newBuilder().sslContext(trust), "https", port(weir));
    }

    private static int port(WeirFixture weir) {
        return weir.pooler().metricsAddresses().getFirst().getPort();
    }

    /// Where a page is.
    public URI uri(String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }

    /// Status and body, such as `200 {"status":"ready"}`.
    ///
    /// @param headers names and values in turn
    public String get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
        List<String> all = new ArrayList<>(Arrays.asList(headers));
        if (!all.isEmpty()) {
            request.headers(all.toArray(String[]::new));
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
