package dev.weir.proxy.conformance;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server or pooler to check, and as whom.
///
/// @param label heads its column in the report; holds no password
/// @param address TCP or Unix socket
/// @param user the role, which must be allowed to create a schema in the database
/// @param password null if none will be asked for
/// @param database where the checks make their schema
public record Target(
        String label,
        SocketAddress address,
        String user,
        @Nullable String password,
        String database) {

    private static final int USUAL_PORT = 5432;

    /// Reads a connection URL: `postgresql://user:password@host:port/database`, with `?host=/directory` for a Unix
    /// socket. TLS is not spoken.
    ///
    /// @throws ConformanceFailed if it cannot be understood; the message does not repeat it: it may hold a password
    public static Target of(String url) throws ConformanceFailed {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new ConformanceFailed("this is no URL: " + e.getReason());
        }
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw new ConformanceFailed("the URL must begin with postgresql://");
        }
        Map<String, String> options = options(uri);
        if (!options.getOrDefault("sslmode", "disable").matches("disable|allow|prefer")) {
            throw new ConformanceFailed("TLS is not spoken here: check a listener without it (sslmode=disable)");
        }
        String[] account = account(uri);
        String user = options.getOrDefault("user", account[0]);
        if (user.isEmpty()) {
            user = System.getProperty("user.name");
        }
        String password = options.getOrDefault("password", account[1]);
        String path = uri.getPath() == null ? "" : uri.getPath();
        String database = path.length() > 1 ? path.substring(1) : options.getOrDefault("dbname", user);
        int port = uri.getPort() > 0 ? uri.getPort() : port(options);
        String host = options.getOrDefault("host", uri.getHost() == null ? "localhost" : uri.getHost());
        SocketAddress address = host.startsWith("/")
                ? UnixDomainSocketAddress.of(Path.of(host, ".s.PGSQL." + port))
                : new InetSocketAddress(unbracketed(host), port);
        return new Target(host + ":" + port, address, user, password.isEmpty() ? null : password, database);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(Map<String, String> options) throws ConformanceFailed {
        String port = options.getOrDefault("port", String.valueOf(USUAL_PORT));
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xffff) {
            throw new ConformanceFailed("the port in the URL is no port");
        }
        return Integer.parseInt(port);
    }

    private static String[] account(URI uri) {
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        int at = authority.lastIndexOf('@');
        String account = at < 0 ? "" : authority.substring(0, at);
        int colon = account.indexOf(':');
        return colon < 0
                ? new String[] {decoded(account), ""}
                : new String[] {decoded(account.substring(0, colon)), decoded(account.substring(colon + 1))};
    }

    private static Map<String, String> options(URI uri) {
        Map<String, String> options = new HashMap<>();
        if (uri.getRawQuery() != null) {
            for (String pair : uri.getRawQuery().split("&")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    options.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
                }
            }
        }
        return options;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return label;
    }
}
