package dev.weir.config.setting;

import java.util.ArrayList;
import java.util.List;

/// The settings of one theme, in the order in which the reference page tells them. Filled while its class is
/// initialised, unchanged and thread-safe from then on.
public final class SettingTable {
    private final String title;
    private final List<Setting<?>> settings = new ArrayList<>();

    SettingTable(String title) {
        this.title = title;
    }

    void add(Setting<?> setting) {
        settings.add(setting);
    }

    public String title() {
        return title;
    }

    public List<Setting<?>> settings() {
        return List.copyOf(settings);
    }
}
