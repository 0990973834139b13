package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Compatibility;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.pool.TestPools;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.Replication;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartupSettingsTest {

    private static final ClientErrors ERRORS = new ClientErrors(Compatibility.WEIR);

    private static SessionSettings read(Map<String, String> parameters, String... ignored) {
        return StartupSettings.read(parameters, List.of(ignored), ERRORS);
    }

    @Test
    void whoAndWhereToAreNoSettings() {
        assertThat(read(Map.of("user", "a", "database", "b", "replication", "off", "_pq_.x", "1", "options", "")))
                .isEqualTo(SessionSettings.NONE);
    }

    @Test
    void namesAreReadWithoutRegardToCase() {
        assertThat(read(Map.of("TimeZone", "UTC", "DATESTYLE", "ISO")))
                .isEqualTo(SessionSettings.of(Map.of("timezone", "UTC", "datestyle", "ISO")));
    }

    @Test
    void optionsSetParametersToo() {
        assertThat(read(Map.of("options", "-c work_mem=3MB --Enable-Hashjoin=off")))
                .isEqualTo(SessionSettings.of(Map.of("work_mem", "3MB", "enable_hashjoin", "off")));
    }

    @Test
    void whatIsSaidOutrightGoesBeforeOptions() {
        assertThat(read(Map.of("options", "-c timezone=Asia/Tokyo -c geqo=off", "TimeZone", "UTC")))
                .isEqualTo(SessionSettings.of(Map.of("timezone", "UTC", "geqo", "off")));
    }

    @Test
    void theLastOfTwoOptionsHolds() {
        assertThat(read(Map.of("options", "-c geqo=on -c GEQO=off")))
                .isEqualTo(SessionSettings.of(Map.of("geqo", "off")));
    }

    @Test
    void whatIsToBeIgnoredIsIgnoredWhereverItStands() {
        Map<String, String> parameters = Map.of("Work_Mem", "3MB", "options", "-c geqo=off -c Jit=off", "jit", "on");

        assertThat(read(parameters, "WORK_MEM", "geqo", "jit")).isEqualTo(SessionSettings.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-F", "-c", "work_mem=3MB", "-c geqo", "--=x", "-c geqo=off -p 5433"})
    void otherSwitchesAreRefusedUnlessOptionsAreIgnored(String options) {
        Map<String, String> parameters = Map.of("options", options, "geqo", "on");

        assertThatThrownBy(() -> read(parameters))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation -> assertThat(violation.error().sqlState()).isEqualTo("0A000"));
        assertThat(read(parameters, "Options")).isEqualTo(SessionSettings.of(Map.of("geqo", "on")));
    }

    @Test
    void theOptionsOfAReplicationClientAreNotLookedAt() {
        WeirConfig config = new TestPools(1, "auth_type = trust").config();
        Map<String, String> parameters = Map.of("options", "-c geqo=off -p 5433", "application_name", "standby");

        assertThat(StartupSettings.read(parameters, Replication.PHYSICAL, config, ERRORS))
                .isEqualTo(SessionSettings.of(Map.of("application_name", "standby")));
        assertThatThrownBy(() -> StartupSettings.read(parameters, Replication.NONE, config, ERRORS))
                .isInstanceOf(ProtocolViolation.class);
    }
}
