package dev.weir.proxy.net;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whom to ask about names, as a file in the format of `resolv.conf(5)` says. The rest of such a file is passed over.
///
/// @param servers addresses of DNS servers, at least one, in the order in which they are asked
/// @param searched domains that a name without enough dots is tried in
/// @param dots how many dots are enough for a name to be tried as it is first
public record ResolvConf(List<InetSocketAddress> servers, List<String> searched, int dots) {

    private static final int DNS_PORT = 53;
    private static final int DOTS_MAX = 15;
    private static final long BYTES_MAX = 1 << 20;

    public ResolvConf {
        servers = List.copyOf(servers);
        searched = List.copyOf(searched);
    }

    /// Reads a file.
    ///
    /// @throws IOException if it cannot be read or names no server by its address; the message is for the operator
    public static ResolvConf read(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is too long");
        }
        return parse(Files.readString(file, StandardCharsets.ISO_8859_1), file.toString());
    }

    static ResolvConf parse(String text, String name) throws IOException {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> searched = List.of();
        int dots = 1;
        for (String line : text.lines().toList()) {
            List<String> words = words(line);
            switch (words.isEmpty() ? "" : words.getFirst()) {
                case "nameserver" -> servers.add(server(words, name));
                case "search", "domain" -> searched = words.subList(1, words.size());
                case "options" -> dots = dots(words, dots);
                default -> {}
            }
        }
        if (servers.isEmpty()) {
            throw new IOException(name + " names no DNS server");
        }
        return new ResolvConf(servers, searched, dots);
    }

    private static List<String> words(String line) {
        String bare = line.strip();
        return bare.isEmpty() || bare.startsWith("#") || bare.startsWith(";") ? List.of() : List.of(bare.split("\\s+"));
    }

    /// An address, by itself or with a port: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`.
    private static InetSocketAddress server(List<String> words, String name) throws IOException {
        String text = words.size() > 1 ? words.get(1) : "";
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon > 0 && (text.charAt(colon - 1) == ']' || text.indexOf(':') == colon);
        String host = hasPort ? text.substring(0, colon) : text;
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        int port = hasPort ? port(text.substring(colon + 1)) : DNS_PORT;
        if (port < 0 || !(NetUtil.isValidIpV4Address(bare) || NetUtil.isValidIpV6Address(bare))) {
            throw new IOException(name + ": \"" + text + "\" is not the address of a DNS server");
        }
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(bare), port);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port < 1 << 16 ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int dots(List<String> options, int before) {
        int dots = before;
        for (String option : options) {
            if (option.matches("ndots:\\d{1,4}")) {
                dots = Math.min(DOTS_MAX, Integer.parseInt(option.substring("ndots:".length())));
            }
        }
        return dots;
    }
}
