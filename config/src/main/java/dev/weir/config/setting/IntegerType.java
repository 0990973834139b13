package dev.weir.config.setting;

/// A whole number.
///
/// @param min the smallest allowed
/// @param max the largest allowed
/// @param octal whether it is a file mode, written in octal
record IntegerType(int min, int max, boolean octal) implements ValueType<Integer> {
    @Override
    public String label() {
        return octal ? "file mode" : "integer";
    }

    @Override
    public String allowed() {
        if (octal) {
            return "a file mode such as 0777 in an ini file, \"0777\" or 0o777 in TOML";
        }
        return max == Integer.MAX_VALUE ? "an integer of " + min + " or more" : "an integer from " + min + " to " + max;
    }

    @Override
    public Integer parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> inRange(Numbers.baseZero(text));
            case RawValue.TomlInteger(long value) -> inRange(value);
            case RawValue.TomlText(String text) when octal && text.startsWith("0") -> inRange(Numbers.baseZero(text));
            case RawValue.TomlText _,
                    RawValue.TomlFloat _,
                    RawValue.TomlBoolean _,
                    RawValue.TomlArray _,
                    RawValue.TomlOther _ -> throw new InvalidValue(octal ? "not a file mode" : "not an integer");
        };
    }

    private int inRange(long value) throws InvalidValue {
        if (value < min || value > max) {
            throw new InvalidValue("out of range");
        }
        return (int) value;
    }

    @Override
    public String show(Integer value) {
        return value.toString();
    }

    @Override
    public String toml(Integer value) {
        return octal ? "\"0" + Integer.toOctalString(value) + "\"" : value.toString();
    }
}
