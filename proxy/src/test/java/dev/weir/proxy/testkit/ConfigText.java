package dev.weir.proxy.testkit;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Configurations for what runs without a pooler around it.
public final class ConfigText {
    private ConfigText() {}

    /// What a `pgbouncer.ini` of this text says; one that would be refused fails.
    ///
    /// @param userList content of the `userlist.txt` beside it
    public static WeirConfig read(String ini, String userList) {
        Path directory = Scratch.directory("config");
        try {
            Files.writeString(directory.resolve("userlist.txt"), userList);
            Path file = Files.writeString(directory.resolve("weir.ini"), ini);
            Loaded loaded = ConfigLoader.load(file, Map.of());
            WeirConfig config = loaded.config();
            if (config == null) {
                throw new AssertionError("the configuration is refused: " + loaded.problems());
            }
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Scratch.delete(directory);
        }
    }
}
