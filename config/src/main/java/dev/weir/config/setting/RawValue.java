package dev.weir.config.setting;

import java.util.List;

/// A value as it stands in a file, before its setting has looked at it. Immutable.
public sealed interface RawValue {
    /// The value as a message may show it.
    String display();

    /// The text right of an ini file's `=`, or of `SET key = value`: everything is text there.
    record IniText(String text) implements RawValue {
        @Override
        public String display() {
            return quoted(text);
        }
    }

    /// A TOML string.
    record TomlText(String text) implements RawValue {
        @Override
        public String display() {
            return quoted(text);
        }
    }

    /// A TOML integer.
    record TomlInteger(long value) implements RawValue {
        @Override
        public String display() {
            return Long.toString(value);
        }
    }

    /// A TOML float.
    record TomlFloat(double value) implements RawValue {
        @Override
        public String display() {
            return Double.toString(value);
        }
    }

    /// A TOML boolean.
    record TomlBoolean(boolean value) implements RawValue {
        @Override
        public String display() {
            return Boolean.toString(value);
        }
    }

    /// A TOML array.
    record TomlArray(List<RawValue> items) implements RawValue {
        public TomlArray {
            items = List.copyOf(items);
        }

        @Override
        public String display() {
            return items.size() > 8
                    ? "an array of " + items.size()
                    : items.stream().map(RawValue::display).toList().toString();
        }
    }

    /// Something no setting takes: a date, a table.
    ///
    /// @param kind what it is, with its article
    record TomlOther(String kind) implements RawValue {
        @Override
        public String display() {
            return kind;
        }
    }

    private static String quoted(String text) {
        String shown = text.length() <= 100 ? text : text.substring(0, 100) + "…";
        return "\"" + shown.replace("\n", "\\n").replace("\r", "\\r") + "\"";
    }
}
