package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import java.time.Duration;

/// What is kept of the statements that clients run, and of clients that hold servers.
public final class InsightSettings {
    static final SettingTable TABLE = new SettingTable("Query insight");

    public static final Setting<Integer> QUERY_STATS = global("query_stats", ValueTypes.integer(0, 100_000), 1000)
            .weir()
            .doc(
                    TABLE,
                    "How many different statements each event loop counts for SHOW QUERIES; 0 counts none. When there"
                            + " are more, those that were not used for longest are forgotten.");
    public static final Setting<Integer> QUERY_STATS_RATE = global(
                    "query_stats_rate", ValueTypes.integer(1, 1_000_000), 1000)
            .weir()
            .doc(
                    TABLE,
                    "How many texts of statements that are not prepared by name each event loop reads per second to"
                            + " tell which is which. Where more come, one of several is read and counted for all of"
                            + " them.");
    public static final Setting<Integer> QUERY_TEXT_LENGTH = global(
                    "query_text_length", ValueTypes.integer(0, 65_536), 1024)
            .weir()
            .doc(TABLE, "How many bytes of a statement's text are kept and shown; 0 for none.");
    public static final Setting<Boolean> QUERY_TEXT_LITERALS = global("query_text_literals", ValueTypes.BOOLEAN, false)
            .weir()
            .doc(
                    TABLE,
                    "Show and log texts of slow and of last statements as clients sent them. Otherwise `$1`, `$2` …"
                            + " stand for the constants in them. Values that were bound to parameters are never kept.");
    public static final Setting<Duration> SLOW_QUERY_THRESHOLD = global(
                    "slow_query_threshold", ValueTypes.DURATION, Duration.ofSeconds(1))
            .weir()
            .alsoIn(Scope.DATABASE)
            .doc(
                    TABLE,
                    "A query that takes a server so long, the wait for it not counted, is logged and listed by SHOW"
                            + " SLOW; 0 for none.");
    public static final Setting<Duration> LEAK_DETECTION_THRESHOLD = global(
                    "leak_detection_threshold", ValueTypes.DURATION, Duration.ofSeconds(60))
            .weir()
            .alsoIn(Scope.DATABASE)
            .doc(
                    TABLE,
                    "A client that is silent within a transaction for so long is taken for one that has leaked its"
                            + " connection: it is logged once, SHOW BLOCKERS marks it, and the alert `leak` is raised;"
                            + " 0 for never. Nothing is done to it: that is what `idle_transaction_timeout` is for.");

    private InsightSettings() {}
}
