package dev.weir.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.net.Listener.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SocketActivationTest {

    private static Map<String, String> environment(String count, String names) {
        return Map.of("LISTEN_PID", "4711", "LISTEN_FDS", count, "LISTEN_FDNAMES", names);
    }

    @Test
    void socketsBeginAtDescriptorThree() throws StartupFailed {
        assertThat(SocketActivation.of(environment("3", "a:console:"), 4711, false)
                        .sockets())
                .containsExactly(
                        new SocketActivation.Passed(3, Kind.CLIENTS),
                        new SocketActivation.Passed(4, Kind.CONSOLE),
                        new SocketActivation.Passed(5, Kind.CLIENTS));
    }

    @Test
    void theFirstMayHaveBeenMovedBehindTheOthers() throws StartupFailed {
        assertThat(SocketActivation.of(environment("2", "console"), 4711, true).sockets())
                .containsExactly(
                        new SocketActivation.Passed(5, Kind.CONSOLE), new SocketActivation.Passed(4, Kind.CLIENTS));
    }

    @Test
    void whatIsForAnotherProcessIsNotTouched() throws StartupFailed {
        assertThat(SocketActivation.of(environment("2", ""), 4712, false).isEmpty())
                .isTrue();
        assertThat(SocketActivation.of(Map.of("LISTEN_FDS", "2"), 4711, false).isEmpty())
                .isTrue();
        assertThat(SocketActivation.of(Map.of(), 4711, false).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "-1", "1001", "2147483648"})
    void aSenselessNumberIsRefused(String count) {
        assertThatThrownBy(() -> SocketActivation.of(environment(count, ""), 4711, false))
                .isInstanceOf(StartupFailed.class)
                .hasMessageContaining(count);
    }
}
