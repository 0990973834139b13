package dev.weir.config.setting;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A setting while it is being declared. Used only while the tables of settings are initialised.
final class SettingBuilder<T> {
    static final String WEIR = "Weir 0.1";

    final String name;
    final ValueType<T> type;
    final T defaultValue;
    final Set<Scope> scopes;
    List<String> aliases = List.of();
    boolean reloadable = true;
    String since = "PgBouncer 1.0";
    Availability availability = Availability.FULL;

    @Nullable
    Predicate<T> supported;

    String supportedText = "";

    @Nullable
    Setting<T> fallback;

    boolean nullWhenEmpty;

    @Nullable
    String defaultText;

    String documentation = "";

    @Nullable
    String difference;

    SettingBuilder(String name, ValueType<T> type, T defaultValue, Set<Scope> scopes) {
        this.name = name;
        this.type = type;
        this.defaultValue = defaultValue;
        this.scopes = EnumSet.copyOf(scopes);
    }

    static <T> SettingBuilder<T> global(String name, ValueType<T> type, T defaultValue) {
        return new SettingBuilder<>(name, type, defaultValue, EnumSet.of(Scope.GLOBAL));
    }

    static <T> SettingBuilder<T> only(Scope scope, String name, ValueType<T> type, T defaultValue) {
        return new SettingBuilder<>(name, type, defaultValue, EnumSet.of(scope));
    }

    SettingBuilder<T> copy() {
        SettingBuilder<T> copy = new SettingBuilder<>(name, type, defaultValue, scopes);
        copy.aliases = aliases;
        copy.reloadable = reloadable;
        copy.since = since;
        copy.availability = availability;
        copy.supported = supported;
        copy.supportedText = supportedText;
        copy.fallback = fallback;
        copy.nullWhenEmpty = nullWhenEmpty;
        copy.defaultText = defaultText;
        copy.documentation = documentation;
        copy.difference = difference;
        return copy;
    }

    SettingBuilder<T> alsoIn(Scope scope) {
        scopes.add(scope);
        return this;
    }

    SettingBuilder<T> alias(String alias) {
        aliases = List.of(alias);
        return this;
    }

    SettingBuilder<T> needsRestart() {
        reloadable = false;
        return this;
    }

    /// @param version of PgBouncer
    SettingBuilder<T> since(String version) {
        since = "PgBouncer " + version;
        return this;
    }

    SettingBuilder<T> weir() {
        since = WEIR;
        return this;
    }

    SettingBuilder<T> missing() {
        availability = Availability.MISSING;
        return this;
    }

    SettingBuilder<T> noEffect() {
        availability = Availability.NO_EFFECT;
        return this;
    }

    SettingBuilder<T> supports(String text, Predicate<T> values) {
        availability = Availability.PARTIAL;
        supportedText = text;
        supported = values;
        return this;
    }

    SettingBuilder<T> fallback(Setting<T> setting) {
        fallback = setting;
        return this;
    }

    SettingBuilder<T> nullWhenEmpty() {
        nullWhenEmpty = true;
        return this;
    }

    SettingBuilder<T> defaultText(String text) {
        defaultText = text;
        return this;
    }

    SettingBuilder<T> differs(String text) {
        difference = text;
        return this;
    }

    /// The last call: gives the setting its documentation and puts it into its table.
    Setting<T> doc(SettingTable table, String text) {
        documentation = text.strip().replaceAll("\\s+", " ");
        Setting<T> setting = new Setting<>(this);
        table.add(setting);
        return setting;
    }
}
