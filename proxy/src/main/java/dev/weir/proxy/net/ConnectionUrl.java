package dev.weir.proxy.net;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A connection URL as libpq and most drivers read it: `postgresql://user:password@host:port/database?option=value`,
/// with
/// `?host=/directory` for a Unix socket. Immutable.
///
/// @param host a name, an address without brackets, or the directory of a Unix socket
/// @param port 5432 unless told
/// @param user empty if not told
/// @param password empty if not told
/// @param database the user's name unless told
/// @param options what else is told, in order
public record ConnectionUrl(
        String host, int port, String user, String password, String database, Map<String, String> options) {

    private static final String USUAL_PORT = "5432";

    /// Reads a URL.
    ///
    /// @throws IllegalArgumentException if it cannot be understood; the message does not repeat it: it may hold a
    ///     password
    public static ConnectionUrl of(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("this is no URL: " + e.getReason(), e);
        }
        if (!"postgresql".equals(uri.getScheme()) && !"postgres".equals(uri.getScheme())) {
            throw new IllegalArgumentException("the URL must begin with postgresql://");
        }
        Map<String, String> options = options(uri);
        String[] account = account(uri);
        String named = taken(options, "user", account[0]);
        String user = named.isEmpty() ? System.getProperty("user.name") : named;
        String path = uri.getPath() == null ? "" : uri.getPath();
        String database = path.length() > 1 ? path.substring(1) : taken(options, "dbname", user);
        String port = taken(options, "port", uri.getPort() > 0 ? String.valueOf(uri.getPort()) : USUAL_PORT);
        String host = taken(options, "host", uri.getHost() == null ? "localhost" : uri.getHost());
        String password = taken(options, "password", account[1]);
        return new ConnectionUrl(unbracketed(host), port(port), user, password, database, Map.copyOf(options));
    }

    /// Whether it is a Unix socket's.
    public boolean isUnix() {
        return host.startsWith("/");
    }

    /// Host and port, as people write them.
    public String place() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    private static String taken(Map<String, String> options, String name, String otherwise) {
        String told = options.remove(name);
        return told == null ? otherwise : told;
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String port) {
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xffff) {
            throw new IllegalArgumentException("the port in the URL is no port");
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
        Map<String, String> options = new LinkedHashMap<>();
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

    /// Without the password.
    @Override
    public String toString() {
        return "postgresql://" + user + "@" + place() + "/" + database;
    }
}
