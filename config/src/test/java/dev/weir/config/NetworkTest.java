package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8, 10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 10.0.0.0/8, 11.0.0.1, false",
        "192.0.2.129/25, 192.0.2.128/25, 192.0.2.255, true",
        "192.0.2.129/25, 192.0.2.128/25, 192.0.2.127, false",
        "192.0.2.7, 192.0.2.7, 192.0.2.7, true",
        "192.0.2.7/32, 192.0.2.7, 192.0.2.6, false",
        "0.0.0.0/0, 0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 0.0.0.0/0, ::1, false",
        "fd12::/8, fd00:0:0:0:0:0:0:0/8, fdff::1, true",
        "::1, 0:0:0:0:0:0:0:1, ::1, true",
        "::/0, 0:0:0:0:0:0:0:0/0, fe80::1, true"
    })
    void containsWhatHasTheSameLeadingBits(String text, String shown, String address, boolean contained) {
        Network network = Objects.requireNonNull(Network.parse(text));
        assertThat(network).hasToString(shown);
        assertThat(network.contains(InetAddress.ofLiteral(address))).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/8",
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "::/129",
                "10.0.0.0/8/8",
                "10.0/8x"
            })
    void nothingElseIsANetwork(String text) {
        assertThat(Network.parse(text)).isNull();
    }
}
