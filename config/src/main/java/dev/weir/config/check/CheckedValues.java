package dev.weir.config.check;

import dev.weir.config.Origin;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.SettingValues;
import java.util.Map;

/// The values of one place that passed, and where each is written. Immutable.
///
/// @param values without those that did not pass
/// @param origins by setting, of all that were tried
record CheckedValues(SettingValues values, Map<Setting<?>, Origin> origins) {
    CheckedValues {
        origins = Map.copyOf(origins);
    }

    CheckedValues with(SettingValues changed) {
        return new CheckedValues(changed, origins);
    }

    Origin originOf(Setting<?> setting, Origin otherwise) {
        return origins.getOrDefault(setting, otherwise);
    }
}
