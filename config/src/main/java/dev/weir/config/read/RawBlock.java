package dev.weir.config.read;

import dev.weir.config.Origin;
import java.util.List;

/// One entry of `[databases]`, `[users]` or `[peers]`, not yet looked at. Immutable.
///
/// @param name the entry's name
/// @param origin the line it begins on
/// @param settings in the file's order
public record RawBlock(String name, Origin origin, List<RawSetting> settings) {
    public RawBlock {
        settings = List.copyOf(settings);
    }
}
