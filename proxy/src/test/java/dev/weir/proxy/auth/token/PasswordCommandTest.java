package dev.weir.proxy.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a command may print, and how long it may take.
class PasswordCommandTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @ParameterizedTest
    @CsvSource({"echo token, token", "printf 'a b', a b", "printf '\\n\\t token \\n', token", "printf 'grün', grün"})
    void whatItPrintsIsThePassword(String command, String password) throws CommandFailed {
        assertThat(PasswordCommand.run(command, LONG).reveal()).isEqualTo(password);
    }

    @ParameterizedTest
    @CsvSource({
        "true, printed nothing",
        "echo x; exit 3, ended with status 3",
        "no-such-command-at-all, ended with status 127",
        "printf 'a\\nb', more than one line",
        "printf 'a\\000b', or a NUL",
        "printf '\\377\\376', not UTF-8",
        "head -c 70000 /dev/zero | tr '\\000' x, printed more than 65000 bytes"
    })
    void everythingElseIsNone(String command, String message) {
        assertThatThrownBy(() -> PasswordCommand.run(command, LONG))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining(message);
    }

    @Test
    void itIsKilledWhenItTakesTooLong() {
        assertThatThrownBy(() -> PasswordCommand.run("sleep 600", Duration.ofMillis(200)))
                .hasMessageContaining("runs for longer than 200 ms");
    }

    @Test
    void whoeverItLeavesBehindDoesNotHoldItUp() throws CommandFailed {
        assertThat(PasswordCommand.run("sleep 20 & echo token", LONG).reveal()).isEqualTo("token");
    }

    @Test
    void itReadsNothing() throws CommandFailed {
        assertThat(PasswordCommand.run("cat; echo token", LONG).reveal()).isEqualTo("token");
    }
}
