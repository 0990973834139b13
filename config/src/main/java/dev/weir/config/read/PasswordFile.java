package dev.weir.config.read;

import dev.weir.config.Secret;
import java.nio.file.Path;

/// A file whose first line is a password.
public final class PasswordFile {
    private PasswordFile() {}

    /// The password.
    ///
    /// @throws UnreadableFile if the file cannot be read or its first line is none
    public static Secret read(Path file) throws UnreadableFile {
        String first = TextFile.read(file, TextFile.PASSWORD_BYTES_MAX)
                .lines()
                .findFirst()
                .orElse("");
        if (first.isEmpty() || first.indexOf('\0') >= 0) {
            throw new UnreadableFile("the first line is not a password");
        }
        return new Secret(first);
    }
}
