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

    private AdviceSettings() {}
}
