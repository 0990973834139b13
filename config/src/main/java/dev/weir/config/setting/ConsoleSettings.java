package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import java.time.Duration;
import java.util.List;

/// Where operators look and command.
public final class ConsoleSettings {
    static final SettingTable TABLE = new SettingTable("Console and metrics");

    public static final Setting<List<String>> ADMIN_USERS = global(
                    "admin_users", ValueTypes.listOf("users"), List.<String>of())
            .doc(TABLE, "Users who may run every command of the console.");
    public static final Setting<List<String>> STATS_USERS = global(
                    "stats_users", ValueTypes.listOf("users"), List.<String>of())
            .doc(TABLE, "Users who may run the SHOW commands of the console, but for SHOW FDS.");
    public static final Setting<List<String>> CONSOLE_LISTEN_ADDR = global(
                    "console_listen_addr", ValueTypes.listOf("addresses"), List.of("127.0.0.1"))
            .weir()
            .needsRestart()
            .doc(
                    TABLE,
                    "Addresses on which the console listens for itself; it is also there as the database "
                            + "`pgbouncer` on the port for clients.");
    public static final Setting<Integer> CONSOLE_LISTEN_PORT = global(
                    "console_listen_port", ValueTypes.PORT_OR_OFF, 6433)
            .weir()
            .needsRestart()
            .doc(TABLE, "The port of the console's own listener; 0 for none.");
    public static final Setting<String> CONSOLE_UNIX_SOCKET_DIR = global("console_unix_socket_dir", ValueTypes.PATH, "")
            .weir()
            .needsRestart()
            .doc(
                    TABLE,
                    "The directory of the console's own Unix socket, named by `console_listen_port`; empty for "
                            + "none.");
    public static final Setting<List<String>> METRICS_LISTEN_ADDR = global(
                    "metrics_listen_addr", ValueTypes.listOf("addresses"), List.of("127.0.0.1"))
            .weir()
            .needsRestart()
            .doc(TABLE, "Addresses on which `/metrics` is served to Prometheus over HTTP.");
    public static final Setting<Integer> METRICS_LISTEN_PORT = global(
                    "metrics_listen_port", ValueTypes.PORT_OR_OFF, 9127)
            .weir()
            .needsRestart()
            .doc(TABLE, "The port for metrics; 0 for none.");
    public static final Setting<Duration> STATS_PERIOD = global(
                    "stats_period", ValueTypes.PERIOD, Duration.ofSeconds(60))
            .doc(TABLE, "How often averages are computed and the line of statistics is logged.");

    private ConsoleSettings() {}
}
