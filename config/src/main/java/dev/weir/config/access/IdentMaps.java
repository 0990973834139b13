package dev.weir.config.access;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/// The maps of `auth_ident_file` by name. Immutable.
public record IdentMaps(Map<String, List<IdentLine>> maps) {
    /// No map.
    public static final IdentMaps NONE = new IdentMaps(Map.of());

    /// Names are not longer; who has a longer one has made it up.
    private static final int NAME_LENGTH_MAX = 1_024;

    public IdentMaps {
        Map<String, List<IdentLine>> copy = new LinkedHashMap<>();
        maps.forEach((name, lines) -> copy.put(name, List.copyOf(lines)));
        maps = Map.copyOf(copy);
    }

    /// Whether who is known as `systemName` may become `user`.
    ///
    /// @param map the map to look into; empty for none: then both must be the same
    public boolean allow(String map, String systemName, String user) {
        return allow(map, systemName, String::equals, user);
    }

    /// The same for names that may mean more than one.
    ///
    /// @param meant whether a name, the first, means another
    public boolean allow(String map, String systemName, BiPredicate<String, String> meant, String user) {
        if (map.isEmpty()) {
            return meant.test(systemName, user);
        }
        List<IdentLine> lines = maps.get(map);
        return lines != null
                && systemName.length() <= NAME_LENGTH_MAX
                && lines.stream().anyMatch(line -> line.allows(systemName, meant, user));
    }
}
