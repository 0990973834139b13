package dev.weir.config.setting;

import dev.weir.config.setting.DurationType.Unit;
import java.time.Duration;

/// Durations as people write them: with units as in TOML, or as a bare number of seconds.
public final class DurationText {
    private static final DurationType ANY = new DurationType(Unit.SECONDS, false, Duration.ZERO, DurationType.CENTURY);

    private DurationText() {}

    /// Reads one, such as `500ms`, `1h30m` or `2.5`.
    ///
    /// @throws InvalidValue if it is none
    public static Duration parse(String text) throws InvalidValue {
        boolean bare = !text.isEmpty() && Character.isDigit(text.charAt(text.length() - 1));
        return ANY.parse(bare ? new RawValue.IniText(text) : new RawValue.TomlText(text));
    }
}
