package dev.weir.config.setting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void theCheckedInPageIsWhatTheSettingsSay() throws IOException {
        String rendered = ConfigurationPage.render();
        if (Boolean.getBoolean("docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, rendered);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md; write it anew with -Ddocs.write=true")
                .isEqualTo(rendered);
    }
}
