package dev.weir.proxy.doctor;

import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.NetworkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Whether connections that a firewall has forgotten, or whose server has vanished, are noticed. Used once.
final class NetworkCheck {

    /// Firewalls and load balancers of the usual clouds forget connections that are silent for four minutes or more.
    private static final Duration SILENCE_MAX = Duration.ofMinutes(4);

    private static final Path KERNEL_IDLE = Path.of("/proc/sys/net/ipv4/tcp_keepalive_time");
    private static final Duration KERNEL_IDLE_USUAL = Duration.ofHours(2);

    private final WeirConfig config;
    private final Diagnosis diagnosis;

    NetworkCheck(WeirConfig config, Diagnosis diagnosis) {
        this.config = config;
        this.diagnosis = diagnosis;
    }

    void examine() {
        boolean remote = PoolDemand.databases(config).stream()
                .flatMap(database -> config.serverAddresses(database).stream())
                .anyMatch(NetworkCheck::isRemote);
        if (!remote) {
            diagnosis.ok("keepalive", "servers", "all are on this machine");
            return;
        }
        if (!config.get(NetworkSettings.TCP_KEEPALIVE)) {
            diagnosis.warn(
                    "keepalive",
                    "tcp_keepalive",
                    "silent connections are not probed: one that a firewall has forgotten is noticed by the next query",
                    "tcp_keepalive = true, tcp_keepidle = 60, tcp_keepintvl = 10, tcp_keepcnt = 3");
            return;
        }
        Duration own = config.get(NetworkSettings.TCP_KEEPIDLE);
        Duration idle = own.isZero() ? kernelIdle() : own;
        if (idle.compareTo(SILENCE_MAX) > 0) {
            diagnosis.warn(
                    "keepalive",
                    "tcp_keepidle",
                    "connections are probed after " + idle.toSeconds() + " s of silence"
                            + (own.isZero() ? " (the kernel's default)" : "") + "; many firewalls forget them sooner",
                    "tcp_keepidle = 60, tcp_keepintvl = 10, tcp_keepcnt = 3");
        } else {
            diagnosis.ok(
                    "keepalive", "tcp_keepidle", "connections are probed after " + idle.toSeconds() + " s of silence");
        }
        if (config.get(NetworkSettings.TCP_USER_TIMEOUT).isZero()) {
            diagnosis.warn(
                    "keepalive",
                    "tcp_user_timeout",
                    "a query sent to a server that has vanished is given up after the kernel's 15 minutes or so",
                    "tcp_user_timeout = "
                            + (config.format() == dev.weir.config.ConfigFormat.INI ? "30000" : "\"30s\""));
        }
    }

    /// Whether it is reached through a network.
    static boolean isRemote(ServerAddress address) {
        return switch (address) {
            case ServerAddress.Unix _ -> false;
            case ServerAddress.Tcp tcp ->
                !tcp.host().equals("localhost")
                        && !tcp.host().startsWith("127.")
                        && !tcp.host().equals("::1");
        };
    }

    private static Duration kernelIdle() {
        try {
            return Duration.ofSeconds(
                    Long.parseLong(Files.readString(KERNEL_IDLE).strip()));
        } catch (IOException | NumberFormatException _) {
            return KERNEL_IDLE_USUAL;
        }
    }
}
