package dev.weir.config.read;

import dev.weir.config.ConfigFormat;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Finds the files that a configuration names. PgBouncer takes relative names from the process's working directory;
/// TOML files mean their own directory, and so does an ini file where the working directory has no such file.
///
/// @param config the configuration file
/// @param format its language
public record FileLookup(Path config, ConfigFormat format) {
    /// The file meant by `name`.
    ///
    /// @throws UnreadableFile if the name cannot be one of a file
    public Path find(String name) throws UnreadableFile {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException _) {
            throw new UnreadableFile("not a file name");
        }
        if (path.isAbsolute() || (format == ConfigFormat.INI && Files.exists(path))) {
            return path;
        }
        Path beside = config.resolveSibling(path);
        return format == ConfigFormat.TOML || Files.exists(beside) ? beside : path;
    }
}
