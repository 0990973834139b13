package dev.weir.config.check;

import dev.weir.config.AuthType;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.Origin;
import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/// Finds listeners that are in each other's way, and sockets that cannot be.
final class ListenerChecks {
    /// The room for a path in the kernel's address structure, its closing NUL taken off.
    private static final int SOCKET_PATH_BYTES_MAX = 107;

    private static final Set<String> EVERY_ADDRESS = Set.of("*", "0.0.0.0", "::");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    /// One listener over TCP.
    private record Listener(Setting<List<String>> addresses, Setting<Integer> port) {
        boolean overlaps(Listener other, SettingValues values) {
            List<String> ours = values.get(addresses);
            List<String> theirs = values.get(other.addresses);
            return values.get(port) != 0
                    && values.get(port).equals(values.get(other.port))
                    && ours.stream().anyMatch(a -> theirs.stream().anyMatch(b -> same(a, b)));
        }

        private static boolean same(String a, String b) {
            boolean byName =
                    (a.equals("localhost") && LOOPBACK.contains(b)) || (b.equals("localhost") && LOOPBACK.contains(a));
            return a.equals(b) || EVERY_ADDRESS.contains(a) || EVERY_ADDRESS.contains(b) || byName;
        }
    }

    private static final Listener CLIENTS = new Listener(GeneralSettings.LISTEN_ADDR, GeneralSettings.LISTEN_PORT);
    private static final Listener CONSOLE =
            new Listener(ConsoleSettings.CONSOLE_LISTEN_ADDR, ConsoleSettings.CONSOLE_LISTEN_PORT);
    private static final Listener METRICS =
            new Listener(ConsoleSettings.METRICS_LISTEN_ADDR, ConsoleSettings.METRICS_LISTEN_PORT);

    private final WeirConfig config;
    private final CheckedValues global;
    private final Problems problems;

    private ListenerChecks(WeirConfig config, CheckedValues global, Problems problems) {
        this.config = config;
        this.global = global;
        this.problems = problems;
    }

    static void check(WeirConfig config, CheckedValues global, Problems problems) {
        ListenerChecks checks = new ListenerChecks(config, global, problems);
        checks.reachable();
        checks.apart(CLIENTS, CONSOLE);
        checks.apart(CLIENTS, METRICS);
        checks.apart(CONSOLE, METRICS);
        checks.sockets();
    }

    /// The values with the console's or the metrics' own listener switched off where it would only by default be in the
    /// way: a `pgbouncer.ini` that listens on 6433 knows nothing of our console.
    ///
    /// Nor is a door for everybody on the machine opened by default beside a Unix socket that only some may use.
    static SettingValues outOfTheWay(SettingValues values, Origin file, Problems problems) {
        SettingValues changed = values;
        for (Listener listener : List.of(CONSOLE, METRICS)) {
            if (!values.has(listener.port) && CLIENTS.overlaps(listener, values)) {
                problems.add(Problem.warning(
                        file,
                        listener.port.name(),
                        "its default is the same as listen_port, so this listener stays off; give it another port"));
                changed = changed.with(listener.port, 0);
            }
        }
        if (changed.get(CONSOLE.port) != 0 && !values.has(CONSOLE.port) && onlySocketsKeepOut(values)) {
            problems.add(Problem.warning(
                    file,
                    CONSOLE.port.name(),
                    "with auth_type " + values.get(AuthSettings.AUTH_TYPE).text()
                            + " and no listen_addr only the permissions of the Unix socket keep people out, so this"
                            + " listener stays off; give it a port to have it all the same"));
            changed = changed.with(CONSOLE.port, 0);
        }
        return changed;
    }

    /// Whether nobody is asked for a proof, and nobody comes by TCP.
    private static boolean onlySocketsKeepOut(SettingValues values) {
        AuthType type = values.get(AuthSettings.AUTH_TYPE);
        boolean lenient = type == AuthType.TRUST || type == AuthType.ANY;
        return lenient && values.get(CLIENTS.addresses).isEmpty() && !values.has(CONSOLE.addresses);
    }

    private void reachable() {
        boolean tcp = !config.get(GeneralSettings.LISTEN_ADDR).isEmpty();
        boolean unix = !config.get(GeneralSettings.UNIX_SOCKET_DIR).isEmpty();
        if (!tcp && !unix) {
            problems.add(Problem.error(
                    origin(GeneralSettings.LISTEN_ADDR),
                    GeneralSettings.LISTEN_ADDR.name(),
                    "empty, and so is unix_socket_dir: nobody could connect"));
        }
    }

    private void apart(Listener one, Listener other) {
        if (one.overlaps(other, config.global())) {
            problems.add(Problem.error(
                    global.originOf(other.port, origin(one.port)),
                    other.port.name(),
                    config.get(other.port) + " is the same port as " + one.port + " on the same address"));
        }
    }

    private void sockets() {
        String clients = socket(GeneralSettings.UNIX_SOCKET_DIR, GeneralSettings.LISTEN_PORT);
        String console = socket(ConsoleSettings.CONSOLE_UNIX_SOCKET_DIR, ConsoleSettings.CONSOLE_LISTEN_PORT);
        if (!clients.isEmpty() && clients.equals(console)) {
            problems.add(Problem.error(
                    origin(ConsoleSettings.CONSOLE_UNIX_SOCKET_DIR),
                    ConsoleSettings.CONSOLE_UNIX_SOCKET_DIR.name(),
                    "the same socket as that for clients, " + clients));
        }
        for (DatabaseConfig database : config.databases().values()) {
            for (ServerAddress address : config.serverAddresses(database)) {
                if (address instanceof ServerAddress.Unix unix
                        && !database.hosts().isEmpty()) {
                    requireShort(unix.path(), database.origin(), "databases." + database.name() + ".host");
                }
            }
        }
    }

    private String socket(Setting<String> directory, Setting<Integer> port) {
        if (config.get(directory).isEmpty()) {
            return "";
        }
        String path = new ServerAddress.Unix(config.get(directory), config.get(port)).path();
        requireShort(path, origin(directory), directory.name());
        return path;
    }

    private void requireShort(String path, Origin origin, String key) {
        if (path.getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_BYTES_MAX) {
            problems.add(Problem.error(
                    origin, key, "the path of the socket would have more than " + SOCKET_PATH_BYTES_MAX + " bytes"));
        }
    }

    private Origin origin(Setting<?> setting) {
        return global.originOf(setting, Origin.wholeFile(config.file().toString()));
    }
}
