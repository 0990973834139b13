package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.ByteSize;
import dev.weir.config.Network;
import java.time.Duration;
import java.util.List;

/// How sockets are set up.
public final class NetworkSettings {
    static final SettingTable TABLE = new SettingTable("Network");

    public static final Setting<Boolean> TCP_KEEPALIVE = global("tcp_keepalive", ValueTypes.BOOLEAN, true)
            .since("1.1")
            .doc(TABLE, "Let the kernel probe silent TCP connections of clients and servers.");
    public static final Setting<Integer> TCP_KEEPCNT = global("tcp_keepcnt", ValueTypes.integer(0, 127), 0)
            .since("1.1")
            .doc(TABLE, "How many probes may stay unanswered; 0 for the kernel's default.");
    public static final Setting<Duration> TCP_KEEPIDLE = global(
                    "tcp_keepidle", ValueTypes.KEEPALIVE_SECONDS, Duration.ZERO)
            .since("1.1")
            .doc(TABLE, "The silence before the first probe; 0 for the kernel's default.");
    public static final Setting<Duration> TCP_KEEPINTVL = global(
                    "tcp_keepintvl", ValueTypes.KEEPALIVE_SECONDS, Duration.ZERO)
            .since("1.1")
            .doc(TABLE, "The time between probes; 0 for the kernel's default.");
    public static final Setting<Duration> TCP_USER_TIMEOUT = global(
                    "tcp_user_timeout", ValueTypes.MILLISECONDS, Duration.ZERO)
            .since("1.13")
            .doc(
                    TABLE,
                    "How long sent data may stay unacknowledged before the connection is given up; 0 for the "
                            + "kernel's default. Milliseconds in an ini file.");
    public static final Setting<ByteSize> TCP_SOCKET_BUFFER = global(
                    "tcp_socket_buffer", ValueTypes.size(0, 1 << 30), new ByteSize(0))
            .since("1.2")
            .doc(TABLE, "The size of the kernel's buffers of each TCP socket; 0 for the kernel's default.");
    public static final Setting<Boolean> TCP_DEFER_ACCEPT = global("tcp_defer_accept", ValueTypes.BOOLEAN, true)
            .since("1.2")
            .noEffect()
            .doc(TABLE, "PgBouncer lets the kernel hold new connections back until they have sent something.");
    public static final Setting<Boolean> SO_REUSEPORT = global("so_reuseport", ValueTypes.BOOLEAN, false)
            .since("1.12")
            .needsRestart()
            .doc(
                    TABLE,
                    "Let several processes listen on one port; the kernel deals new connections out to them. For a "
                            + "rolling restart: start the second process (with a `unix_socket_dir` and a `pidfile` of "
                            + "its own), then end the first with SIGTERM.");
    public static final Setting<String> RESOLV_CONF = global("resolv_conf", ValueTypes.PATH, "")
            .since("1.12")
            .needsRestart()
            .doc(
                    TABLE,
                    "The file to take DNS servers, search domains and `ndots` from, instead of the system's "
                            + "`/etc/resolv.conf`. A server may have a port: `nameserver 127.0.0.1:5353`.");
    public static final Setting<ByteSize> PKT_BUF = global(
                    "pkt_buf", ValueTypes.size(512, 1 << 30), new ByteSize(4_096))
            .needsRestart()
            .noEffect()
            .doc(
                    TABLE,
                    "The size of PgBouncer's buffer for each connection. Weir's connections share buffers and "
                            + "hold none while they are idle.");
    public static final Setting<Integer> SBUF_LOOPCNT = global("sbuf_loopcnt", ValueTypes.integer(0, 1_000_000), 5)
            .since("1.3.1")
            .noEffect()
            .doc(TABLE, "How often PgBouncer reads from one connection before it turns to the next.");

    public static final Setting<List<Network>> PROXY_PROTOCOL_NETWORKS = global(
                    "proxy_protocol_networks", ValueTypes.NETWORKS, List.<Network>of())
            .weir()
            .doc(
                    TABLE,
                    "Where load balancers are that put a header of the PROXY protocol (version 1 or 2) in front of"
                        + " every connection to the port for clients: what comes from there must have one, and the"
                        + " address in it counts as the client's own, for rules, in the log and on the console. From"
                        + " anywhere else no header is taken.");

    private NetworkSettings() {}
}
