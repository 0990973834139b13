package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;
import static dev.weir.config.setting.SettingBuilder.only;

import dev.weir.config.ByteSize;
import dev.weir.config.PinMode;
import dev.weir.config.PoolMode;
import dev.weir.config.SessionState;
import dev.weir.config.StatementComments;
import java.time.Duration;

/// How many connections there are, of which kind, and who shares them.
public final class PoolSettings {
    static final SettingTable TABLE = new SettingTable("Pools and limits");

    public static final Setting<PoolMode> POOL_MODE = global(
                    "pool_mode", ValueTypes.choice(PoolMode.class), PoolMode.SESSION)
            .alsoIn(Scope.DATABASE)
            .alsoIn(Scope.USER)
            .doc(
                    TABLE,
                    "When a server connection goes back to its pool: when the client leaves (`session`), at the end of"
                            + " each transaction (`transaction`), or after each query, which forbids transactions of"
                            + " several statements (`statement`).");
    public static final Setting<Integer> MAX_CLIENT_CONN = global("max_client_conn", ValueTypes.COUNT, 100)
            .doc(TABLE, "How many clients may be connected at a time, those that are logging in included.");
    public static final Setting<Integer> DEFAULT_POOL_SIZE = global("default_pool_size", ValueTypes.COUNT, 20)
            .doc(
                    TABLE,
                    "How many server connections a pool (one database, one user) may have where `pool_size` is "
                            + "not given; 0 for no limit.");
    public static final Setting<Integer> POOL_SIZE = only(Scope.DATABASE, "pool_size", ValueTypes.COUNT, 20)
            .alsoIn(Scope.USER)
            .alsoIn(Scope.PEER)
            .fallback(DEFAULT_POOL_SIZE)
            .doc(
                    TABLE,
                    "How many server connections each pool of this database or user may have; 0 for no limit. "
                            + "Where it is not given, `default_pool_size` holds.");
    public static final Setting<Integer> MIN_POOL_SIZE = global("min_pool_size", ValueTypes.COUNT, 0)
            .since("1.5")
            .alsoIn(Scope.DATABASE)
            .doc(
                    TABLE,
                    "How many server connections a pool keeps open while it is in use, so that a burst does not "
                            + "have to wait for logins.");
    public static final Setting<Integer> RESERVE_POOL_SIZE = global("reserve_pool_size", ValueTypes.COUNT, 0)
            .since("1.3.1")
            .alsoIn(Scope.DATABASE)
            .alsoIn(Scope.USER)
            .alias("reserve_pool")
            .doc(
                    TABLE,
                    "How many connections a pool may open beyond its size when its oldest client has waited for "
                            + "`reserve_pool_timeout`.");
    public static final Setting<Duration> RESERVE_POOL_TIMEOUT = global(
                    "reserve_pool_timeout", ValueTypes.DURATION, Duration.ofSeconds(5))
            .since("1.3.1")
            .doc(TABLE, "How long a client waits before the reserve is opened for it; 0 leaves the reserve unused.");
    public static final Setting<Integer> MAX_DB_CONNECTIONS = global("max_db_connections", ValueTypes.COUNT, 0)
            .since("1.6")
            .alsoIn(Scope.DATABASE)
            .doc(
                    TABLE,
                    "How many server connections a database may have over all its users; 0 for no limit. An idle "
                            + "connection of one user is closed to make room for another.");
    public static final Setting<Integer> MAX_USER_CONNECTIONS = global("max_user_connections", ValueTypes.COUNT, 0)
            .since("1.6")
            .alsoIn(Scope.USER)
            .doc(TABLE, "How many server connections a user may have over all databases; 0 for no limit.");
    public static final Setting<Integer> MAX_DB_CLIENT_CONNECTIONS = global(
                    "max_db_client_connections", ValueTypes.COUNT, 0)
            .since("1.24")
            .alsoIn(Scope.DATABASE)
            .doc(TABLE, "How many clients may be connected to a database; 0 for no limit.");
    public static final Setting<Integer> MAX_USER_CLIENT_CONNECTIONS = global(
                    "max_user_client_connections", ValueTypes.COUNT, 0)
            .since("1.24")
            .alsoIn(Scope.USER)
            .doc(TABLE, "How many clients may be logged in as one user; 0 for no limit.");
    public static final Setting<Boolean> SERVER_ROUND_ROBIN = global("server_round_robin", ValueTypes.BOOLEAN, false)
            .since("1.1")
            .doc(TABLE, "Take the server connection that has been idle longest, instead of the one used last.");
    public static final Setting<Integer> SERVER_CONNECT_CONCURRENCY = global(
                    "server_connect_concurrency", ValueTypes.integer(1, 1_000), 4)
            .weir()
            .doc(TABLE, "How many connections a pool may be opening at the same time. PgBouncer opens one at a time.");
    public static final Setting<Duration> WAIT_FAIRNESS = global(
                    "wait_fairness", ValueTypes.DURATION, Duration.ofMillis(5))
            .weir()
            .doc(
                    TABLE,
                    "By how much longer a client of another event loop must have waited before a freed server "
                            + "connection goes to it instead of to one of the same loop, which is cheaper.");
    public static final Setting<Integer> MAX_PREPARED_STATEMENTS = global(
                    "max_prepared_statements", ValueTypes.integer(0, 1_000_000), 200)
            .since("1.21")
            .doc(
                    TABLE,
                    "How many prepared statements are kept on each server connection so that clients find theirs "
                            + "whichever connection they get; 0 leaves prepared statements to the clients.");
    public static final Setting<ByteSize> PREPARED_STATEMENT_MEMORY = global(
                    "prepared_statement_memory", ValueTypes.size(0, 1L << 40), new ByteSize(256L << 20))
            .weir()
            .doc(
                    TABLE,
                    "How many bytes the named prepared statements of all clients may take together, a text that many"
                        + " have prepared counted once; 0 for no limit. Beyond it a client that prepares one more gets"
                        + " an error (53200) and its session goes on.");
    public static final Setting<StatementComments> STATEMENT_COMMENTS = global(
                    "statement_comments", ValueTypes.choice(StatementComments.class), StatementComments.IGNORE)
            .weir()
            .alsoIn(Scope.DATABASE)
            .alsoIn(Scope.USER)
            .doc(
                    TABLE,
                    "Whether comments in front of a named prepared statement and behind it are left out, so that what"
                        + " a tracer adds does not make another statement of it (`ignore`), or reach the server and"
                        + " its log, where each comment makes a statement of its own (`keep`). Unnamed statements and"
                        + " simple queries always reach the server as they are.");
    public static final Setting<SessionState> SESSION_STATE = global(
                    "session_state", ValueTypes.choice(SessionState.class), SessionState.FOLLOW)
            .weir()
            .alsoIn(Scope.DATABASE)
            .alsoIn(Scope.USER)
            .doc(
                    TABLE,
                    "In transaction and statement mode: whether what a client changes in its session follows it to the"
                        + " next server connection and is hidden from others (`follow`), or stays where it happened,"
                        + " as with PgBouncer (`ignore`). `ignore` leaves also SQL's `PREPARE` to the clients.");
    public static final Setting<PinMode> PIN = global("pin", ValueTypes.choice(PinMode.class), PinMode.AUTO)
            .weir()
            .alsoIn(Scope.DATABASE)
            .alsoIn(Scope.USER)
            .doc(
                    TABLE,
                    "In transaction and statement mode: whether a client keeps its server connection between"
                        + " transactions as long as something lives there that cannot follow it, such as a temporary"
                        + " table (`auto`), from its first change of the session until it disconnects (`always`), or"
                        + " not at all (`never`): then statements that would need it are refused.");
    public static final Setting<Integer> MAX_PINNED_PERCENT = global(
                    "max_pinned_percent", ValueTypes.integer(0, 100), 90)
            .weir()
            .alsoIn(Scope.DATABASE)
            .doc(
                    TABLE,
                    "The share of a pool's size, rounded up to whole connections, that clients may keep between"
                            + " transactions. Where it is reached, further statements that would keep one are refused"
                            + " with an error that names the holders; 0 for no limit.");

    public static final Setting<Duration> FUNCTION_SURVEY_INTERVAL = global(
                    "function_survey_interval", ValueTypes.DURATION, Duration.ofSeconds(60))
            .weir()
            .alsoIn(Scope.DATABASE)
            .doc(
                    TABLE,
                    "How often Weir looks, on a server that has just become free, which functions of a database change"
                            + " the session of whoever calls them, for those that were not defined through Weir; 0"
                            + " never looks, and leaves what functions do unseen. See `session_state`.");

    private PoolSettings() {}
}
