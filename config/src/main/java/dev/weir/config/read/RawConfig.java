package dev.weir.config.read;

import dev.weir.config.ConfigFormat;
import java.util.List;

/// What a configuration file says, before anybody asked whether it makes sense. Immutable.
///
/// @param format the file's language
/// @param global the settings of `[weir]` or `[pgbouncer]`
/// @param databases the entries of `[databases]`
/// @param users the entries of `[users]`
/// @param peers the entries of `[peers]`
/// @param problems the places that could not be read at all; what could be read is there nevertheless
public record RawConfig(
        ConfigFormat format,
        List<RawSetting> global,
        List<RawBlock> databases,
        List<RawBlock> users,
        List<RawBlock> peers,
        List<SyntaxProblem> problems) {
    public RawConfig {
        global = List.copyOf(global);
        databases = List.copyOf(databases);
        users = List.copyOf(users);
        peers = List.copyOf(peers);
        problems = List.copyOf(problems);
    }

    /// Nothing but problems.
    static RawConfig broken(ConfigFormat format, List<SyntaxProblem> problems) {
        return new RawConfig(format, List.of(), List.of(), List.of(), List.of(), problems);
    }
}
