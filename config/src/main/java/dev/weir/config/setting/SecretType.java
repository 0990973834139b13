package dev.weir.config.setting;

import dev.weir.config.Secret;

/// A password or a stored form of one. Neither `show` nor `toml` gives it away.
record SecretType() implements ValueType<Secret> {
    /// PgBouncer's bound: what fits a password message there.
    private static final int MAX_BYTES = 65_000;

    @Override
    public String label() {
        return "secret";
    }

    @Override
    public String allowed() {
        return "a text of up to " + MAX_BYTES + " bytes, without a NUL";
    }

    @Override
    public Secret parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> new Secret(TextType.checked(text, MAX_BYTES));
            case RawValue.TomlText(String text) -> new Secret(TextType.checked(text, MAX_BYTES));
            case RawValue.TomlInteger _,
                    RawValue.TomlFloat _,
                    RawValue.TomlBoolean _,
                    RawValue.TomlArray _,
                    RawValue.TomlOther _ -> throw new InvalidValue("not a text");
        };
    }

    @Override
    public String show(Secret value) {
        return value.isEmpty() ? "" : value.toString();
    }

    @Override
    public String toml(Secret value) {
        return TextType.tomlString(show(value));
    }
}
