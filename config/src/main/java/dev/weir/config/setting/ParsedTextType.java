package dev.weir.config.setting;

import java.util.function.Consumer;

/// A text in a small language of its own, kept as it was written once it has been understood.
///
/// @param kind what it is, for the reference page
/// @param expected how it is built, as the end of a sentence that begins with "expected"
/// @param check throws an `IllegalArgumentException` that says what is wrong
record ParsedTextType(String kind, String expected, Consumer<String> check) implements ValueType<String> {
    @Override
    public String label() {
        return kind;
    }

    @Override
    public String allowed() {
        return expected;
    }

    @Override
    public String parse(RawValue raw) throws InvalidValue {
        String text = ValueTypes.TEXT.parse(raw);
        try {
            check.accept(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidValue(String.valueOf(e.getMessage()));
        }
        return text;
    }

    @Override
    public String show(String value) {
        return value;
    }

    @Override
    public String toml(String value) {
        return TextType.tomlString(value);
    }
}
