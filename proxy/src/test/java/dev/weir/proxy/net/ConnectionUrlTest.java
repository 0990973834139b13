package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectionUrlTest {

    @ParameterizedTest
    @CsvSource({
        "postgresql://u:p@h:1/d, u, p, h, 1, d",
        "postgres://u@h, u, '', h, 5432, u",
        "postgresql://u:p%40%2Fx+y@h/d, u, p@/x+y, h, 5432, d",
        "postgresql://u@[::1]:6432/d, u, '', ::1, 6432, d",
        "postgresql:///d?user=u&password=p&host=/run/pg&port=7, u, p, /run/pg, 7, d",
        "postgresql://u@/?dbname=x, u, '', localhost, 5432, x",
    })
    void readsWhatLibpqReads(String url, String user, String password, String host, int port, String database) {
        assertThat(ConnectionUrl.of(url)).isEqualTo(new ConnectionUrl(host, port, user, password, database, Map.of()));
    }

    @Test
    void keepsOtherOptionsAndShowsNoPassword() {
        ConnectionUrl url = ConnectionUrl.of("postgresql://u:geheim@[::1]/d?sslmode=require&options=-c%20x%3D1");

        assertThat(url.options()).isEqualTo(Map.of("sslmode", "require", "options", "-c x=1"));
        assertThat(url).hasToString("postgresql://u@[::1]:5432/d");
        assertThat(url.isUnix()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://u:geheim@h/d",
                "geheim",
                "postgresql://u:geheim@h/d?port=70000",
                "postgresql://u:geheim @h"
            })
    void refusesOthersWithoutRepeatingThem(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConnectionUrl.of(url))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("geheim"));
    }
}
