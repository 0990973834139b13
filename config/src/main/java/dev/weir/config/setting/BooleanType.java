package dev.weir.config.setting;

/// Yes or no: `1` and `0` in an ini file (integers there, so `true` is an error as in PgBouncer), booleans in TOML.
record BooleanType() implements ValueType<Boolean> {
    @Override
    public String label() {
        return "boolean";
    }

    @Override
    public String allowed() {
        return "true or false (1 or 0 in an ini file)";
    }

    @Override
    public Boolean parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> Numbers.baseZero(text) != 0;
            case RawValue.TomlBoolean(boolean value) -> value;
            case RawValue.TomlText _,
                    RawValue.TomlInteger _,
                    RawValue.TomlFloat _,
                    RawValue.TomlArray _,
                    RawValue.TomlOther _ -> throw new InvalidValue("not a boolean");
        };
    }

    @Override
    public String show(Boolean value) {
        return value ? "1" : "0";
    }

    @Override
    public String toml(Boolean value) {
        return value.toString();
    }
}
