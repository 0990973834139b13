package dev.weir.config.read;

import dev.weir.config.ConfigFormat;
import dev.weir.config.Origin;
import java.nio.file.Path;
import java.util.List;

/// Reads a configuration file in whichever of the two languages it is written. Stateless.
public final class ConfigReader {
    private ConfigReader() {}

    /// What the file says. Never throws: a file that cannot be read is a problem like any other.
    public static RawConfig read(Path file) {
        String text;
        try {
            text = TextFile.read(file, TextFile.CONFIG_BYTES_MAX);
        } catch (UnreadableFile e) {
            SyntaxProblem problem = new SyntaxProblem(new Origin(file.toString(), e.line()), e.reason());
            return RawConfig.broken(ConfigFormat.TOML, List.of(problem));
        }
        return switch (FormatRecognition.of(text)) {
            case INI -> IniReader.read(file, text);
            case TOML -> TomlReader.read(file.toString(), text);
        };
    }
}
