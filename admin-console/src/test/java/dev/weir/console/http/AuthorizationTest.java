package dev.weir.console.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.HttpSettings;
import dev.weir.console.TestConfig;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuthorizationTest {

    private WeirConfig config = TestConfig.with(HttpSettings.HTTP_BEARER_TOKEN, new Secret("t0ken"))
            .withGlobal(HttpSettings.HTTP_USER, "ops")
            .withGlobal(HttpSettings.HTTP_PASSWORD, new Secret("pässword:1"));

    private final Authorization authorization = new Authorization(() -> config);

    @ParameterizedTest
    @ValueSource(strings = {"Bearer t0ken", "bearer t0ken", "Bearer  t0ken "})
    void admitsTheToken(String header) {
        assertThat(authorization.admits(header)).isTrue();
    }

    @Test
    void admitsUserAndPasswordOrTheTokenAsAPassword() {
        assertThat(authorization.admits(basic("ops:pässword:1"))).isTrue();
        assertThat(authorization.admits(basic("anybody:t0ken"))).isTrue();
        assertThat(authorization.admits(basic("opS:pässword:1"))).isFalse();
        assertThat(authorization.admits(basic("ops:password:1"))).isFalse();
        assertThat(authorization.admits(basic("ops:"))).isFalse();
        assertThat(authorization.admits(basic("ops"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer t0ke", "Bearer t0ken0", "Basic", "Basic %%%", "Digest x"})
    void refusesEverythingElse(String header) {
        assertThat(authorization.admits(header)).isFalse();
        assertThat(authorization.admits(null)).isFalse();
    }

    @Test
    void anEmptySecretAdmitsNobodyWhereTheOtherIsSet() {
        config = TestConfig.with(HttpSettings.HTTP_PASSWORD, new Secret("x"));
        assertThat(authorization.admits("Bearer ")).isFalse();
        assertThat(authorization.admits(basic("weir:"))).isFalse();
        assertThat(authorization.admits(basic("weir:x"))).isTrue();
        config = TestConfig.empty();
        assertThat(authorization.admits(null)).isTrue();
    }

    private static String basic(String text) {
        return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
