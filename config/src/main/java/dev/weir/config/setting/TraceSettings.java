package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import dev.weir.config.OtlpTarget;
import dev.weir.config.Secret;

/// Spans of the statements that clients run, and where they go.
public final class TraceSettings {
    static final SettingTable TABLE = new SettingTable("Traces");

    public static final Setting<String> OTLP_ENDPOINT = global(
                    "otlp_endpoint",
                    new ParsedTextType(
                            "address",
                            "an address such as http://collector:4318, without a user or a password",
                            OtlpTarget::address),
                    "")
            .weir()
            .doc(
                    TABLE,
                    "Where to send spans by OTLP/HTTP: the collector's address (`http` or `https`), or with a path the"
                            + " address for traces, which is `/v1/traces` otherwise; empty for no spans.");
    public static final Setting<Secret> OTLP_HEADERS = global("otlp_headers", ValueTypes.SECRET, Secret.EMPTY)
            .weir()
            .doc(
                    TABLE,
                    "Headers to send with them, `name=value` with commas between, such as `Authorization=Bearer"
                            + " 0123`. Percent-encoding stands for what has another meaning (`%2C` for a comma). Never"
                            + " shown, for they often hold a token.");
    public static final Setting<String> OTLP_HEADERS_FILE = global("otlp_headers_file", ValueTypes.PATH, "")
            .weir()
            .doc(TABLE, "A file whose first line is these headers.");
    public static final Setting<String> OTLP_SERVICE_NAME = global("otlp_service_name", ValueTypes.TEXT, "weir")
            .weir()
            .doc(TABLE, "What the spans' `service.name` says.");
    public static final Setting<Integer> OTLP_SAMPLE_ONE_IN = global(
                    "otlp_sample_one_in", ValueTypes.integer(0, 1_000_000_000), 0)
            .weir()
            .doc(
                    TABLE,
                    "Of statements whose text carries no `traceparent`, trace one of so many, chosen by chance; 0 for"
                            + " none. What carries one is traced if it says that it is sampled.");

    private TraceSettings() {}
}
