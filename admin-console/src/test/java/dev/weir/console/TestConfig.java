package dev.weir.console;

import dev.weir.config.ConfigFormat;
import dev.weir.config.UserList;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import java.nio.file.Path;
import java.util.Map;

/// Configurations for tests.
public final class TestConfig {

    private TestConfig() {}

    /// Nothing but defaults.
    public static WeirConfig empty() {
        return new WeirConfig(
                Path.of("weir.toml"),
                ConfigFormat.TOML,
                SettingValues.empty(),
                Map.of(),
                null,
                Map.of(),
                Map.of(),
                UserList.empty());
    }

    /// Defaults but for one.
    public static <T> WeirConfig with(Setting<T> setting, T value) {
        return empty().withGlobal(setting, value);
    }
}
