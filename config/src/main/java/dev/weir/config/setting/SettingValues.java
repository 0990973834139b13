package dev.weir.config.setting;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The values given in one place: the global section, one database, one user. Immutable.
public final class SettingValues {
    private static final SettingValues EMPTY = new SettingValues(new LinkedHashMap<>());

    private final Map<Setting<?>, Object> explicit;

    private SettingValues(Map<Setting<?>, Object> explicit) {
        this.explicit = Collections.unmodifiableMap(explicit);
    }

    /// Nothing given: all defaults.
    public static SettingValues empty() {
        return EMPTY;
    }

    /// The value given, or the setting's default.
    public <T> T get(Setting<T> setting) {
        T value = find(setting);
        return value == null ? setting.defaultValue() : value;
    }

    /// The value given, or null if none was.
    @SuppressWarnings("unchecked") // with() is the only way in, and it pairs a setting with a value of its type
    public <T> @Nullable T find(Setting<T> setting) {
        return (T) explicit.get(setting);
    }

    /// Whether a value was given.
    public boolean has(Setting<?> setting) {
        return explicit.containsKey(setting);
    }

    /// The settings that were given a value.
    public Set<Setting<?>> explicit() {
        return explicit.keySet();
    }

    /// The same values but this one.
    public <T> SettingValues with(Setting<T> setting, T value) {
        Map<Setting<?>, Object> changed = new LinkedHashMap<>(explicit);
        changed.put(setting, value);
        return new SettingValues(changed);
    }

    /// The same values without one for this setting.
    public SettingValues without(Setting<?> setting) {
        Map<Setting<?>, Object> changed = new LinkedHashMap<>(explicit);
        changed.remove(setting);
        return new SettingValues(changed);
    }

    /// The same values, but for this setting what `other` has: its value or none.
    public <T> SettingValues withValueOf(SettingValues other, Setting<T> setting) {
        T value = other.find(setting);
        return value == null ? without(setting) : with(setting, value);
    }

    /// All global settings with their values, sorted by name: the rows of `SHOW CONFIG`.
    public List<SettingRow> rows() {
        return Settings.in(Scope.GLOBAL).stream()
                .map(this::row)
                .sorted((a, b) -> a.key().compareTo(b.key()))
                .toList();
    }

    private <T> SettingRow row(Setting<T> setting) {
        return SettingRow.of(setting, get(setting));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SettingValues values && explicit.equals(values.explicit);
    }

    @Override
    public int hashCode() {
        return explicit.hashCode();
    }

    /// What was given, with secrets redacted.
    @Override
    public String toString() {
        return explicit.toString();
    }
}
