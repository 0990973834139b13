package dev.weir.config.setting;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A text: a path, a name, a query.
///
/// @param kind what the text is, for the reference page, such as `path`
/// @param maxBytes how many bytes of UTF-8 it may have
record TextType(String kind, int maxBytes) implements ValueType<String> {
    @Override
    public String label() {
        return kind;
    }

    @Override
    public String allowed() {
        return "a text of up to " + maxBytes + " bytes, without a NUL";
    }

    @Override
    public String parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> checked(text);
            case RawValue.TomlText(String text) -> checked(text);
            case RawValue.TomlInteger _,
                    RawValue.TomlFloat _,
                    RawValue.TomlBoolean _,
                    RawValue.TomlArray _,
                    RawValue.TomlOther _ -> throw new InvalidValue("not a text");
        };
    }

    private String checked(String text) throws InvalidValue {
        return checked(text, maxBytes);
    }

    /// Every text may end up as a C string of PostgreSQL's protocol, where a NUL would end it early.
    static String checked(String text, int maxBytes) throws InvalidValue {
        if (text.indexOf('\0') >= 0) {
            throw new InvalidValue("contains a NUL");
        }
        if (text.length() > maxBytes || text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw new InvalidValue("too long");
        }
        return text;
    }

    @Override
    public String show(String value) {
        return value;
    }

    @Override
    public String toml(String value) {
        return tomlString(value);
    }

    /// A basic string of TOML 1.0.
    static String tomlString(String value) {
        StringBuilder text = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                text.append(String.format(Locale.ROOT, "\\u%04X", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
