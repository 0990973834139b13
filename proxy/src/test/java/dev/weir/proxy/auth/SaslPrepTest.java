package dev.weir.proxy.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SaslPrepTest {
    @ParameterizedTest
    @CsvSource({
        // RFC 4013, section 3
        "I\u00adX, IX",
        "user, user",
        "USER, USER",
        "\u00aa, a",
        "\u2168, IX",
        // blanks of other scripts; a zero-width one counts as a blank, not as nothing
        "a\u00a0b, a b",
        "a\u3000b, a b",
        "a\u200bb, a b",
        "cafe\u0301, caf\u00e9",
        "\ufb01n, fin",
        "\u0627\u0628, \u0627\u0628",
    })
    void normalises(String password, String prepared) {
        assertThat(prepare(password)).isEqualTo(prepared);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0007",
                "a\u007fb",
                // prohibited, although it would normalise to "IX" otherwise
                "\u2168\u0080",
                "\u2168\ue000",
                "\u2168\ufffd",
                // unassigned in Unicode 3.2
                "\u2168\ud83d\ude00",
                "\u2168\u0221",
                // mixed directions, or not from right to left at both ends
                "\u0627\u2168",
                "\u06271",
                // nothing left
                "\u00ad\u200d"
            })
    void leavesWhatIsNotAllowedAsItIs(String password) {
        assertThat(prepare(password)).isEqualTo(password);
    }

    @Test
    void leavesBytesThatAreNotUtf8AsTheyAre() {
        byte[] latin1 = {'p', (byte) 0xe4};
        assertThat(SaslPrep.prepare(latin1)).isEqualTo(latin1);
        assertThat(SaslPrep.decode(latin1)).isNull();
    }

    private static String prepare(String password) {
        return new String(SaslPrep.prepare(password.getBytes(UTF_8)), UTF_8);
    }
}
