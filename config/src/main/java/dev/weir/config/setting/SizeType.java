package dev.weir.config.setting;

import dev.weir.config.ByteSize;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of bytes: a bare number, or in TOML a text with a unit such as `"64 KiB"`. As in PostgreSQL, `kB` and
/// `KiB` are both 1024 bytes.
///
/// @param min the smallest allowed, in bytes
/// @param max the largest allowed, in bytes
record SizeType(long min, long max) implements ValueType<ByteSize> {
    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})\\s*([kmgt]i?b|b)");

    @Override
    public String label() {
        return "size";
    }

    @Override
    public String allowed() {
        return "a size from " + min + " to " + max + " bytes: a number, or in TOML a text such as \"64 KiB\"";
    }

    @Override
    public ByteSize parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> inRange(Numbers.baseZero(text));
            case RawValue.TomlInteger(long value) -> inRange(value);
            case RawValue.TomlText(String text) -> withUnit(text);
            case RawValue.TomlFloat _, RawValue.TomlBoolean _, RawValue.TomlArray _, RawValue.TomlOther _ ->
                throw new InvalidValue("not a size");
        };
    }

    private ByteSize withUnit(String text) throws InvalidValue {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new InvalidValue("not a size with a unit");
        }
        long unit = switch (matcher.group(2).charAt(0)) {
            case 'k' -> 1L << 10;
            case 'm' -> 1L << 20;
            case 'g' -> 1L << 30;
            case 't' -> 1L << 40;
            default -> 1;
        };
        try {
            return inRange(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
        } catch (ArithmeticException _) {
            throw new InvalidValue("out of range");
        }
    }

    private ByteSize inRange(long bytes) throws InvalidValue {
        if (bytes < min || bytes > max) {
            throw new InvalidValue("out of range");
        }
        return new ByteSize(bytes);
    }

    @Override
    public String show(ByteSize value) {
        return Long.toString(value.bytes());
    }

    @Override
    public String toml(ByteSize value) {
        return value.bytes() != 0 && value.bytes() % 1024 == 0 ? "\"" + value + "\"" : Long.toString(value.bytes());
    }
}
