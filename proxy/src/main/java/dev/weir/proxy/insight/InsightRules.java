package dev.weir.proxy.insight;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.InsightSettings;
import dev.weir.config.setting.TraceSettings;

/**
 * What the configuration says about watching the statements of a database's clients. Immutable.
 *
 * @param statements {@code query_stats}: how many are counted on each event loop; 0 for none
 * @param textsPerSecond {@code query_stats_rate}
 * @param textBytes {@code query_text_length}
 * @param literals {@code query_text_literals}
 * @param slowNanos {@code slow_query_threshold}; 0 for none
 * @param traces whether {@code otlp_endpoint} wants spans
 * @param tracesOneIn {@code otlp_sample_one_in}; 0 for none
 */
public record InsightRules(
        int statements,
        int textsPerSecond,
        int textBytes,
        boolean literals,
        long slowNanos,
        boolean traces,
        int tracesOneIn) {

    /** What holds for the clients of this database. */
    public static InsightRules of(WeirConfig config, DatabaseConfig database) {
        return new InsightRules(
                config.get(InsightSettings.QUERY_STATS),
                config.get(InsightSettings.QUERY_STATS_RATE),
                config.get(InsightSettings.QUERY_TEXT_LENGTH),
                config.get(InsightSettings.QUERY_TEXT_LITERALS),
                config.slowQueryThreshold(database).toNanos(),
                !config.get(TraceSettings.OTLP_ENDPOINT).isEmpty(),
                config.get(TraceSettings.OTLP_SAMPLE_ONE_IN));
    }
}
