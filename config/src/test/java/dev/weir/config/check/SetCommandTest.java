package dev.weir.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Compatibility;
import dev.weir.config.ConfigFormat;
import dev.weir.config.SslMode;
import dev.weir.config.UserList;
import dev.weir.config.WeirConfig;
import dev.weir.config.check.SetCommand.Outcome;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.SettingValues;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.config.setting.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SetCommandTest {
    private static final WeirConfig CONFIG = new WeirConfig(
            Path.of("weir.toml"),
            ConfigFormat.TOML,
            SettingValues.empty(),
            Map.of(),
            null,
            Map.of(),
            Map.of(),
            UserList.empty());

    @ParameterizedTest
    @ValueSource(strings = {"5", "5.0", "5s", "5000 ms"})
    void changesASettingAsAnIniOrATomlFileWould(String value) {
        assertThat(SetCommand.apply(CONFIG, "query_timeout", value))
                .isEqualTo(
                        new Outcome.Changed(CONFIG.withGlobal(TimeoutSettings.QUERY_TIMEOUT, Duration.ofSeconds(5))));
    }

    @Test
    void doesNotPretendToChangeWhatNeedsARestart() {
        assertThat(SetCommand.apply(CONFIG, "listen_port", "7000"))
                .isEqualTo(new Outcome.NeedsRestart(GeneralSettings.LISTEN_PORT));
    }

    @Test
    void notesATlsSettingThatDoesNotFitItsNeighboursYetAsPgBouncerDoes() {
        assertThat(SetCommand.apply(CONFIG, "client_tls_sslmode", "require")).isInstanceOf(Outcome.Refused.class);
        WeirConfig config = CONFIG.withGlobal(GeneralSettings.COMPATIBILITY, Compatibility.PGBOUNCER);
        Outcome outcome = SetCommand.apply(config, "client_tls_sslmode", "require");
        assertThat(outcome).isInstanceOfSatisfying(Outcome.TlsKept.class, kept -> {
            assertThat(kept.config().get(TlsSettings.CLIENT_TLS_SSLMODE)).isEqualTo(SslMode.REQUIRE);
            assertThat(kept.config().tls()).isEqualTo(config.tls());
            assertThat(kept.reason()).contains("client_tls_key_file");
        });
        assertThat(SetCommand.apply(config, "client_tls_sslmode", "nonsense")).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void refusesUnknownSettingsAndValuesWithAHint() {
        assertThat(SetCommand.apply(CONFIG, "query_timeuot", "5"))
                .isEqualTo(new Outcome.Refused("unknown setting", "query_timeout"));
        assertThat(SetCommand.apply(CONFIG, "Query_Timeout", "5")).isInstanceOf(Outcome.Refused.class);
        assertThat(SetCommand.apply(CONFIG, "pool_mode", "none"))
                .isEqualTo(new Outcome.Refused("not known; expected one of session, transaction, statement", null));
        assertThat(SetCommand.apply(CONFIG, "auth_type", "ldap"))
                .isEqualTo(new Outcome.Refused("ldap needs auth_ldap_options", null));
        assertThat(SetCommand.apply(CONFIG, "dbname", "x")).isInstanceOf(Outcome.Refused.class);
    }
}
