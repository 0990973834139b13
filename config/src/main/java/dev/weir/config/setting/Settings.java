package dev.weir.config.setting;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All settings there are, by table, by place and by name.
public final class Settings {
    private static final List<SettingTable> TABLES = List.of(
            GeneralSettings.TABLE,
            PoolSettings.TABLE,
            ServerSettings.TABLE,
            TimeoutSettings.TABLE,
            AuthSettings.TABLE,
            DatabaseSettings.TABLE,
            ConsoleSettings.TABLE,
            HttpSettings.TABLE,
            AlertSettings.TABLE,
            InsightSettings.TABLE,
            TraceSettings.TABLE,
            AdviceSettings.TABLE,
            LogSettings.TABLE,
            NetworkSettings.TABLE,
            TlsSettings.TABLE,
            PeerSettings.TABLE);

    private static final List<Setting<?>> ALL = TABLES.stream()
            .<Setting<?>>flatMap(table -> table.settings().stream())
            .toList();

    private static final Map<Scope, Map<String, Setting<?>>> BY_NAME = byName();

    private Settings() {}

    private static Map<Scope, Map<String, Setting<?>>> byName() {
        Map<Scope, Map<String, Setting<?>>> byName = new EnumMap<>(Scope.class);
        for (Scope scope : Scope.values()) {
            Map<String, Setting<?>> names = new HashMap<>();
            for (Setting<?> setting : in(scope)) {
                put(names, setting.name(), setting);
                setting.aliases().forEach(alias -> put(names, alias, setting));
            }
            byName.put(scope, Map.copyOf(names));
        }
        return byName;
    }

    private static void put(Map<String, Setting<?>> names, String name, Setting<?> setting) {
        if (names.put(name, setting) != null) {
            throw new IllegalStateException("two settings are called " + name);
        }
    }

    /// The tables by theme, in the order of the reference page.
    public static List<SettingTable> tables() {
        return TABLES;
    }

    /// Every setting of every table.
    public static List<Setting<?>> all() {
        return ALL;
    }

    /// The settings that may be given in this place.
    public static List<Setting<?>> in(Scope scope) {
        List<Setting<?>> found = new ArrayList<>();
        for (Setting<?> setting : ALL) {
            if (setting.in(scope)) {
                found.add(setting);
            }
        }
        return found;
    }

    /// The setting of this name or alias in this place, or null.
    public static @Nullable Setting<?> find(Scope scope, String name) {
        Map<String, Setting<?>> names = BY_NAME.get(scope);
        return names == null ? null : names.get(name);
    }
}
