package dev.weir.config;

import dev.weir.config.setting.TraceSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where spans go (OTLP 1, "OTLP/HTTP"). Immutable.
///
/// @param address with the path for traces
/// @param headers to send along, by name; they may hold a token and are never shown
/// @param serviceName what the spans' `service.name` says
public record OtlpTarget(URI address, Map<String, String> headers, String serviceName) {

    private static final String PATH = "/v1/traces";
    private static final int PORT_MAX = 65_535;
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    /// What the connection itself needs, or what is always the same.
    private static final Set<String> OURS = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "expect",
            "host",
            "transfer-encoding",
            "upgrade");

    /// Copies the map.
    public OtlpTarget {
        headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }

    /// What the configuration says; null if no spans are wanted.
    public static @Nullable OtlpTarget of(WeirConfig config) {
        URI address = address(config.get(TraceSettings.OTLP_ENDPOINT));
        return address == null
                ? null
                : new OtlpTarget(
                        address,
                        headers(config.get(TraceSettings.OTLP_HEADERS).reveal()),
                        config.get(TraceSettings.OTLP_SERVICE_NAME));
    }

    /// Reads setting `otlp_endpoint`.
    ///
    /// @return null for an empty text
    /// @throws IllegalArgumentException if it is no address; says why
    public static @Nullable URI address(String text) {
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme();
            if (uri.getHost() == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
                throw new IllegalArgumentException("not an address such as http://collector:4318");
            }
            if (uri.getPort() == 0 || uri.getPort() > PORT_MAX) {
                throw new IllegalArgumentException("has a port that is not between 1 and " + PORT_MAX);
            }
            if (uri.getUserInfo() != null) {
                throw new IllegalArgumentException("holds a user or a password, which belong into otlp_headers");
            }
            String path = uri.getRawPath();
            boolean bare = path == null || path.isEmpty() || path.equals("/");
            return new URI(scheme + "://" + uri.getRawAuthority() + (bare ? PATH : path)
                    + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not an address such as http://collector:4318", e);
        }
    }

    /// Reads setting `otlp_headers`.
    ///
    /// @throws IllegalArgumentException if these are none; says why, and nothing of the values
    public static Map<String, String> headers(String text) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int number = 0;
        for (String item : text.split(",", -1)) {
            if (item.isBlank()) {
                continue;
            }
            number++;
            int equals = item.indexOf('=');
            String name = equals < 0 ? "" : item.substring(0, equals).strip();
            if (!TOKEN.matcher(name).matches()) {
                throw new IllegalArgumentException("header " + number + " is not of the form name=value");
            }
            if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("header " + name + " cannot be chosen");
            }
            if (headers.put(name, decoded(item.substring(equals + 1).strip(), name)) != null) {
                throw new IllegalArgumentException("header " + name + " is there twice");
            }
        }
        return headers;
    }

    private static String decoded(String value, String name) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int size = 0;
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            if (b == '%') {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException(
                            "the value of header " + name + " has a % without two hexadecimal digits");
                }
                b = (byte) ((high << 4) | low);
                i += 2;
            }
            if (b != '\t' && (b < ' ' || b == 0x7f)) {
                throw new IllegalArgumentException("the value of header " + name + " is not of printable ASCII");
            }
            bytes[size++] = b;
        }
        return new String(bytes, 0, size, StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return "OTLP to " + address.getHost();
    }
}
