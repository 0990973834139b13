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

/// Asks a pooler for its pages.
public final class WebPages implements AutoCloseable {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    private WebPages(int port) {
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
        return new WebPages(weir.pooler().metricsAddresses().getFirst().getPort());
    }

    /// Where a page is.
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
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
