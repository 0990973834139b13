package dev.weir.proxy.cli;

import dev.weir.config.setting.DurationText;
import dev.weir.config.setting.InvalidValue;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations on the command line, written as in the configuration: `500ms`, `30s`, `1h30m`; a bare number counts
/// seconds.
final class DurationConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        try {
            return DurationText.parse(text);
        } catch (InvalidValue e) {
            throw new TypeConversionException(
                    "'" + text + "' is no duration such as 500ms, 30s, 5m or 1h: " + e.reason());
        }
    }
}
