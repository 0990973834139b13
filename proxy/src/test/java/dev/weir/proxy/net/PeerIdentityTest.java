package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PeerIdentityTest {

    @ParameterizedTest
    @CsvSource({"unix(4711),4711", "unix(4711):6432,4711", "unix,0", "127.0.0.1:4711,0", "[::1]:4711,0"})
    void findsTheProcessIdOfADescribedPeer(String description, int pid) {
        assertThat(PeerIdentity.pidIn(description)).isEqualTo(pid);
    }
}
