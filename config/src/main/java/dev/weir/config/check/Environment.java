package dev.weir.config.check;

import dev.weir.config.Origin;
import dev.weir.config.read.RawSetting;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.InvalidValue;
import dev.weir.config.setting.RawValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts environment variables into values: `${NAME}`, or `${NAME:-default}` where the variable may be unset or empty.
/// `$${` stands for `${` itself.
record Environment(Map<String, String> variables) {
    /// Bounded, so that a text of nothing but unfinished references does not take quadratic time.
    private static final Pattern REFERENCE =
            Pattern.compile("(\\$?)\\$\\{(?:([A-Za-z_][A-Za-z0-9_]{0,255})(:-([^}]{0,4096}))?})?");

    /// The image runs whatever configuration is put into it, and those who made it had other places in mind.
    private static final String SHUTDOWN_DRAIN_TIMEOUT = "WEIR_SHUTDOWN_DRAIN_TIMEOUT";

    private static final Pattern BARE_NUMBER = Pattern.compile("[0-9.]{1,20}");

    Environment {
        variables = Map.copyOf(variables);
    }

    /// The settings of the file, and what holds in a container where the file says nothing about it.
    List<RawSetting> addTo(List<RawSetting> global) {
        String name = GeneralSettings.SHUTDOWN_DRAIN_TIMEOUT.name();
        String value = variables.getOrDefault(SHUTDOWN_DRAIN_TIMEOUT, "");
        if (value.isEmpty() || global.stream().anyMatch(setting -> setting.key().equals(name))) {
            return global;
        }
        List<RawSetting> all = new ArrayList<>(global);
        RawValue raw =
                BARE_NUMBER.matcher(value).matches() ? new RawValue.IniText(value) : new RawValue.TomlText(value);
        all.add(new RawSetting(name, raw, Origin.wholeFile(SHUTDOWN_DRAIN_TIMEOUT)));
        return all;
    }

    /// The value with its variables replaced; what is not a text stays as it is.
    ///
    /// @throws InvalidValue if a variable without a default is not set, or a reference does not end
    RawValue expand(RawValue value) throws InvalidValue {
        return switch (value) {
            case RawValue.IniText(String text) -> new RawValue.IniText(expand(text));
            case RawValue.TomlText(String text) -> new RawValue.TomlText(expand(text));
            case RawValue.TomlArray(List<RawValue> items) -> {
                List<RawValue> expanded = new ArrayList<>();
                for (RawValue item : items) {
                    expanded.add(expand(item));
                }
                yield new RawValue.TomlArray(expanded);
            }
            case RawValue.TomlInteger _, RawValue.TomlFloat _, RawValue.TomlBoolean _, RawValue.TomlOther _ -> value;
        };
    }

    private String expand(String text) throws InvalidValue {
        if (!text.contains("${")) {
            return text;
        }
        StringBuilder expanded = new StringBuilder();
        Matcher matcher = REFERENCE.matcher(text);
        while (matcher.find()) {
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(replacement(matcher)));
        }
        return matcher.appendTail(expanded).toString();
    }

    private String replacement(Matcher reference) throws InvalidValue {
        if (!reference.group(1).isEmpty()) {
            return reference.group().substring(1);
        }
        String name = reference.group(2);
        if (name == null) {
            throw new InvalidValue("${ is not followed by a variable's name and }; write $${ for the characters");
        }
        String value = variables.getOrDefault(name, "");
        boolean hasDefault = reference.group(3) != null;
        if (!hasDefault && !variables.containsKey(name)) {
            throw new InvalidValue("the environment variable " + name + " is not set");
        }
        return value.isEmpty() && hasDefault ? reference.group(4) : value;
    }
}
