package dev.weir.config.check;

import dev.weir.config.Origin;
import dev.weir.config.OtlpTarget;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.TraceSettings;

/// Finds headers that cannot be sent with spans.
final class TraceChecks {

    private TraceChecks() {}

    static void check(WeirConfig config, CheckedValues global, Problems problems) {
        try {
            OtlpTarget.headers(config.get(TraceSettings.OTLP_HEADERS).reveal());
        } catch (IllegalArgumentException e) {
            Origin whole = Origin.wholeFile(config.file().toString());
            problems.add(Problem.error(
                    global.originOf(TraceSettings.OTLP_HEADERS, whole),
                    TraceSettings.OTLP_HEADERS.name(),
                    String.valueOf(e.getMessage())));
        }
    }
}
