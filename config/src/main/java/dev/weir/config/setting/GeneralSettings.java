package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.ByteSize;
import dev.weir.config.Compatibility;
import dev.weir.config.TransportKind;
import dev.weir.config.WorkerUse;
import java.time.Duration;
import java.util.List;

/// Where Weir listens for clients, and what concerns the process as a whole.
public final class GeneralSettings {
    static final SettingTable TABLE = new SettingTable("Listening and the process");

    public static final Setting<List<String>> LISTEN_ADDR = global(
                    "listen_addr", ValueTypes.listOf("addresses"), List.<String>of())
            .needsRestart()
            .doc(
                    TABLE,
                    "Addresses and host names on which clients are accepted over TCP; `*` means all of IPv4 and "
                            + "IPv6. Empty: Unix sockets only.");
    public static final Setting<Integer> LISTEN_PORT = global("listen_port", ValueTypes.PORT_OR_OFF, 6432)
            .needsRestart()
            .doc(
                    TABLE,
                    "The port for TCP, and the number in the name of the Unix socket, `.s.PGSQL.6432`. 0 takes a "
                            + "free one.");
    public static final Setting<Integer> LISTEN_BACKLOG = global("listen_backlog", ValueTypes.integer(1, 65_535), 128)
            .since("1.3.3")
            .needsRestart()
            .doc(TABLE, "How many connections the kernel may hold that have not been accepted yet.");
    public static final Setting<String> UNIX_SOCKET_DIR = global("unix_socket_dir", ValueTypes.PATH, "/tmp")
            .needsRestart()
            .doc(
                    TABLE,
                    "The directory of the Unix socket, or a name in the abstract namespace if it begins with `@`; "
                            + "empty for none. Databases without `host` are looked for in the same place.");
    public static final Setting<Integer> UNIX_SOCKET_MODE = global("unix_socket_mode", ValueTypes.FILE_MODE, 0777)
            .since("1.5.1")
            .defaultText("0777")
            .needsRestart()
            .doc(TABLE, "The file mode of the Unix socket.");
    public static final Setting<String> UNIX_SOCKET_GROUP = global("unix_socket_group", ValueTypes.TEXT, "")
            .since("1.5.1")
            .needsRestart()
            .doc(TABLE, "The group that the Unix socket is given to.");
    public static final Setting<String> USER = global("user", ValueTypes.USER_NAME, "")
            .since("1.2")
            .nullWhenEmpty()
            .needsRestart()
            .doc(TABLE, "The operating system's user to change to when started as root.");
    public static final Setting<String> PIDFILE = global("pidfile", ValueTypes.PATH, "")
            .needsRestart()
            .doc(TABLE, "A file that holds the process id while Weir runs; needed with `-d`.");
    public static final Setting<String> CONFFILE = global("conffile", ValueTypes.PATH, "")
            .nullWhenEmpty()
            .doc(TABLE, "The file that the next RELOAD reads. Unset: the one given at start.");
    public static final Setting<Integer> WORKERS = global("workers", ValueTypes.integer(0, 1_024), 0)
            .weir()
            .needsRestart()
            .doc(TABLE, "How many event loops share the work; 0 takes one for each processor core.");
    public static final Setting<WorkerUse> WORKER_USE = global(
                    "worker_use", ValueTypes.choice(WorkerUse.class), WorkerUse.FILL)
            .weir()
            .doc(
                    TABLE,
                    "How clients are distributed over the event loops. `fill`: on as few as can do the work, which"
                        + " costs the least processor time; clients move, unnoticed, when a loop is full or not needed"
                        + " any more. `spread`: on all of them.");
    public static final Setting<TransportKind> TRANSPORT = global(
                    "transport", ValueTypes.choice(TransportKind.class), TransportKind.AUTO)
            .weir()
            .needsRestart()
            .doc(
                    TABLE,
                    "The operating system's interface for sockets; `auto` takes the best one that works here with"
                        + " several event loops. `io_uring` (Linux 6.0 or newer) saves system calls where one loop is"
                        + " enough: it works with one only.");
    public static final Setting<Compatibility> COMPATIBILITY = global(
                    "compatibility", ValueTypes.choice(Compatibility.class), Compatibility.WEIR)
            .weir()
            .doc(
                    TABLE,
                    "Whose error texts and SQLSTATEs clients get where the two differ: PostgreSQL's (`weir`) or "
                            + "PgBouncer's (`pgbouncer`). In a PgBouncer ini file the default is `pgbouncer`.");
    public static final Setting<ByteSize> MAX_PACKET_SIZE = global(
                    "max_packet_size", ValueTypes.size(1_024, Integer.MAX_VALUE), new ByteSize(Integer.MAX_VALUE))
            .since("1.5.3")
            .doc(TABLE, "The largest message that is let through; a larger one closes its connection.");
    public static final Setting<Boolean> DISABLE_PQEXEC = global("disable_pqexec", ValueTypes.BOOLEAN, false)
            .since("1.4")
            .needsRestart()
            .doc(
                    TABLE,
                    "Refuse the simple query protocol, in which one message can hold several statements: a "
                            + "hurdle for SQL injection.");
    public static final Setting<Duration> SUSPEND_TIMEOUT = global(
                    "suspend_timeout", ValueTypes.DURATION, Duration.ofSeconds(10))
            .since("1.2")
            .doc(
                    TABLE,
                    "How long SUSPEND waits for clients of which something is still inside before it closes them; 0 "
                            + "for no limit.");
    public static final Setting<Duration> SHUTDOWN_DRAIN_TIMEOUT = global(
                    "shutdown_drain_timeout", ValueTypes.DURATION, Duration.ZERO)
            .weir()
            .doc(
                    TABLE,
                    "From SIGTERM to the end of the process, at most. Every client is told to go (SQLSTATE 57P01) when"
                            + " it is between two transactions; what is left shortly before the end is cancelled. 0:"
                            + " SIGTERM waits for the last client to leave, however long that takes, as PgBouncer does."
                            + " Where the configuration does not say, the environment variable"
                            + " `WEIR_SHUTDOWN_DRAIN_TIMEOUT` does; the container image sets it to 25 seconds.");
    public static final Setting<Duration> SHUTDOWN_ACCEPT_DELAY = global(
                    "shutdown_accept_delay", ValueTypes.DURATION, Duration.ofSeconds(5))
            .weir()
            .doc(
                    TABLE,
                    "With `shutdown_drain_timeout`: how long after SIGTERM new clients are still let in, while"
                        + " `/health/ready` tells load balancers already to send no more. It is a part of that time,"
                        + " half of it at most.");
    public static final Setting<String> JOB_NAME = global("job_name", ValueTypes.TEXT, "pgbouncer")
            .needsRestart()
            .noEffect()
            .doc(TABLE, "A name that PgBouncer shows in SHOW CONFIG only.");
    public static final Setting<String> SERVICE_NAME = global("service_name", ValueTypes.TEXT, "pgbouncer")
            .needsRestart()
            .noEffect()
            .doc(TABLE, "The name of PgBouncer's service on Windows.");

    private GeneralSettings() {}
}
