package dev.weir.config.setting;

import static dev.weir.config.setting.SettingBuilder.global;

import java.time.Duration;

/// What SHOW ADVICE aims at.
public final class AdviceSettings {
    static final SettingTable TABLE = new SettingTable("Advice");

    public static final Setting<Duration> ADVICE_TARGET_WAIT = global(
                    "advice_target_wait",
                    ValueTypes.duration(Duration.ofNanos(1000), Duration.ofMinutes(1)),
                    Duration.ofMillis(10))
            .weir()
            .doc(
                    TABLE,
                    "How long 95 of 100 checkouts may wait for a server: the pool sizes of `SHOW ADVICE` are the"
                            + " smallest that are expected to keep to it.");

    public static final Setting<Boolean> AUTOSCALE_POOLS = global("autoscale_pools", ValueTypes.BOOLEAN, false)
            .weir()
            .doc(
                    TABLE,
                    "Give pools the sizes that `SHOW ADVICE` recommends: more at once when the last minute asks for it,"
                            + " less when the last 15 have not asked for as much, never less than `min_pool_size`. Each"
                            + " change is logged. Pools without a limit stay so.");
    public static final Setting<Integer> AUTOSCALE_MAX_POOL_SIZE = global(
                    "autoscale_max_pool_size", ValueTypes.integer(1, 10_000), 100)
            .weir()
            .doc(TABLE, "The size up to which `autoscale_pools` lets a pool grow.");
    public static final Setting<Integer> AUTOSCALE_MAX_SERVER_CONNECTIONS = global(
                    "autoscale_max_server_connections", ValueTypes.COUNT, 0)
            .weir()
            .doc(
                    TABLE,
                    "How large the pools of one server may become together by `autoscale_pools`, their reserves"
                        + " included; 0 for nine tenths of the connections that PostgreSQL lets ordinary roles have,"
                        + " and for no growth while that is not known.");

    private AdviceSettings() {}
}
