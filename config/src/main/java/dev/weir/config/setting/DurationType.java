package dev.weir.config.setting;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A length of time, never negative, to the microsecond.
///
/// A bare number counts seconds (PgBouncer's way; fractions allowed), or milliseconds in an ini file where `iniUnit`
/// says so. TOML also takes texts with units: `"30s"`, `"5 ms"`, `"1h30m"`.
///
/// @param iniUnit what a bare number counts
/// @param whole whether only whole numbers of that unit are allowed
/// @param min the shortest allowed
/// @param max the longest allowed
record DurationType(Unit iniUnit, boolean whole, Duration min, Duration max) implements ValueType<Duration> {
    /// What a bare number counts.
    enum Unit {
        SECONDS(1_000_000),
        MILLISECONDS(1_000);

        private final long micros;

        Unit(long micros) {
            this.micros = micros;
        }
    }

    /// A century: far more than anybody waits, and its nanoseconds still fit a long.
    static final Duration CENTURY = Duration.ofDays(36_525);

    private static final int TEXT_MAX = 64;
    private static final Pattern NUMBER = Pattern.compile("[+]?([0-9]{1,18}([.][0-9]{0,18})?|[.][0-9]{1,18})");
    private static final Pattern PART =
            Pattern.compile("\\s*([0-9]{1,18}(?:[.][0-9]{1,18})?)\\s*(us|µs|ms|s|sec|min|m|h|d)(?![a-zµ])");

    @Override
    public String label() {
        return "duration";
    }

    @Override
    public String allowed() {
        String range = max.equals(CENTURY) ? text(min) + " or more" : text(min) + " to " + text(max);
        String number = switch (iniUnit) {
            case SECONDS -> whole ? "whole seconds, or in TOML" : "seconds, or in TOML";
            case MILLISECONDS -> "milliseconds in an ini file, in TOML";
        };
        return "a duration of " + range + ": " + number + " a text such as \"30s\" or \"1h30m\"";
    }

    @Override
    public Duration parse(RawValue raw) throws InvalidValue {
        return switch (raw) {
            case RawValue.IniText(String text) -> number(text);
            case RawValue.TomlText(String text) -> withUnits(text);
            case RawValue.TomlInteger(long value) -> bare(BigDecimal.valueOf(value));
            case RawValue.TomlFloat(double value) when Double.isFinite(value) -> bare(BigDecimal.valueOf(value));
            case RawValue.TomlFloat _, RawValue.TomlBoolean _, RawValue.TomlArray _, RawValue.TomlOther _ ->
                throw new InvalidValue("not a duration");
        };
    }

    private Duration number(String text) throws InvalidValue {
        if (!NUMBER.matcher(text).matches()) {
            throw new InvalidValue(text.startsWith("-") ? "negative" : "not a number");
        }
        return checked(new BigDecimal(text), iniUnit.micros);
    }

    private Duration bare(BigDecimal seconds) throws InvalidValue {
        // Somebody who copies an ini file's 30000 must not end up with eight hours.
        if (iniUnit == Unit.MILLISECONDS && seconds.signum() != 0) {
            throw new InvalidValue("the unit is missing");
        }
        return checked(seconds, Unit.SECONDS.micros);
    }

    private Duration withUnits(String text) throws InvalidValue {
        if (text.length() > TEXT_MAX) {
            throw new InvalidValue("not a duration");
        }
        BigDecimal micros = BigDecimal.ZERO;
        Matcher part = PART.matcher(text.toLowerCase(Locale.ROOT));
        int at = 0;
        String trimmed = text.stripTrailing();
        while (at < trimmed.length()) {
            part.region(at, trimmed.length());
            if (!part.lookingAt()) {
                throw new InvalidValue(
                        at == 0 && NUMBER.matcher(trimmed).matches() ? "the unit is missing" : "not a duration");
            }
            micros = micros.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(micros(part.group(2)))));
            at = part.end();
        }
        if (at == 0) {
            throw new InvalidValue("empty");
        }
        return checked(micros, 1);
    }

    private static long micros(String unit) {
        return switch (unit) {
            case "us", "µs" -> 1;
            case "ms" -> 1_000;
            case "s", "sec" -> 1_000_000;
            case "m", "min" -> 60_000_000;
            case "h" -> 3_600_000_000L;
            default -> 86_400_000_000L;
        };
    }

    private Duration checked(BigDecimal count, long unitMicros) throws InvalidValue {
        if (count.signum() < 0) {
            throw new InvalidValue("negative");
        }
        BigDecimal micros = count.multiply(BigDecimal.valueOf(unitMicros));
        if (micros.compareTo(BigDecimal.valueOf(CENTURY.toSeconds() * 1_000_000)) > 0) {
            throw new InvalidValue("longer than a century");
        }
        long exact = micros.longValue();
        if (whole && exact % iniUnit.micros != 0) {
            throw new InvalidValue("not a whole number of " + iniUnit.name().toLowerCase(Locale.ROOT));
        }
        Duration value = Duration.ofSeconds(exact / 1_000_000, exact % 1_000_000 * 1_000);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new InvalidValue("out of range");
        }
        return value;
    }

    @Override
    public String show(Duration value) {
        BigDecimal micros = BigDecimal.valueOf(value.toNanos() / 1_000);
        return micros.divide(BigDecimal.valueOf(iniUnit.micros))
                .stripTrailingZeros()
                .toPlainString();
    }

    @Override
    public String toml(Duration value) {
        return "\"" + text(value) + "\"";
    }

    /// The duration in the largest units that tell it exactly, such as `1h30m` or `5ms`.
    static String text(Duration value) {
        if (value.isZero()) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        append(text, value.toDays(), "d");
        append(text, value.toHoursPart(), "h");
        append(text, value.toMinutesPart(), "m");
        append(text, value.toSecondsPart(), "s");
        append(text, value.toMillisPart(), "ms");
        append(text, value.toNanosPart() / 1_000 % 1_000, "us");
        return text.toString();
    }

    private static void append(StringBuilder text, long count, String unit) {
        if (count != 0) {
            text.append(count).append(unit);
        }
    }
}
