package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.check.ConfigLoader;
import dev.weir.config.check.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where spans are to go.
final class OtlpTargetTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "http://c:4318, http://c:4318/v1/traces",
        "http://c:4318/, http://c:4318/v1/traces",
        "https://[::1]:4318, https://[::1]:4318/v1/traces",
        "https://c/otlp/v1/traces, https://c/otlp/v1/traces",
        "HTTP://c/a?b=c%20d, HTTP://c/a?b=c%20d",
        "http://c?b=c, http://c/v1/traces?b=c",
    })
    void thePathForTracesIsThatOfOtlpUnlessOneIsGiven(String text, String address) {
        assertThat(OtlpTarget.address(text)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c:4318",
                "c",
                "/v1/traces",
                "ftp://c",
                "http://",
                "http://a b",
                "http://user:pw@c:4318",
                "http://c:0",
                "http://c:65536"
            })
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> OtlpTarget.address(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("pw");
    }

    @Test
    void headersAreListedWithCommas() {
        assertThat(OtlpTarget.headers(" Authorization=Bearer a=b== , X-Scope=a%2Cb%25,,"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("Authorization", "Bearer a=b==", "X-Scope", "a,b%"));
        assertThat(OtlpTarget.headers("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3cret",
                "=s3cret",
                "a b=s3cret",
                "Host=s3cret",
                "content-Type=s3cret",
                "a=s3cret%",
                "a=s3cret%4",
                "a=s3cret%zz",
                "a=s3cret%0D%0Ab: c",
                "a=s3crét",
                "a=s3cret,A=s3cret",
            })
    void whatIsNoHeaderIsRefusedAndNotTold(String text) throws IOException {
        assertThatThrownBy(() -> OtlpTarget.headers(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cr");
        Path file = Files.writeString(
                directory.resolve("weir.ini"), "[pgbouncer]\notlp_endpoint = http://c\notlp_headers = " + text + "\n");
        Loaded loaded = ConfigLoader.load(file, Map.of());
        assertThat(loaded.config()).isNull();
        assertThat(loaded.problems().toString()).contains("otlp_headers").doesNotContain("s3cr");
    }

    @Test
    void headersMayStandInAFileAndAreNeverShown() throws IOException {
        Files.writeString(directory.resolve("headers"), "Authorization=Bearer s3cret\n");
        Path file = Files.writeString(directory.resolve("weir.toml"), """
            [weir]
            otlp_endpoint = "http://collector:4318"
            otlp_headers_file = "headers"
            otlp_service_name = "pooler"
            """);
        WeirConfig config =
                Objects.requireNonNull(ConfigLoader.load(file, Map.of()).config());
        OtlpTarget target = Objects.requireNonNull(OtlpTarget.of(config));
        assertThat(target.headers()).containsExactly(Map.entry("Authorization", "Bearer s3cret"));
        assertThat(target.serviceName()).isEqualTo("pooler");
        assertThat(target.toString()).doesNotContain("s3cret");
        assertThat(config.global().rows().toString()).doesNotContain("s3cret");
    }

    @Test
    void withoutAnAddressThereIsNone() throws IOException {
        Path file = Files.writeString(directory.resolve("weir.toml"), "[weir]\n");
        assertThat(OtlpTarget.of(
                        Objects.requireNonNull(ConfigLoader.load(file, Map.of()).config())))
                .isNull();
    }
}
