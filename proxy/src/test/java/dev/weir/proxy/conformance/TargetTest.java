package dev.weir.proxy.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    @Test
    void readsEveryPart() throws ConformanceFailed {
        Target target = Target.of("postgresql://me:p%40ss+word@127.0.0.1:6432/app");
        assertThat(target.address()).isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 6432));
        assertThat(target.user()).isEqualTo("me");
        assertThat(target.password()).isEqualTo("p@ss+word");
        assertThat(target.database()).isEqualTo("app");
        assertThat(target.toString()).isEqualTo("127.0.0.1:6432").doesNotContain("p@ss");
    }

    @Test
    void leavesOutWhatIsUsual() throws ConformanceFailed {
        Target target = Target.of("postgres://me@localhost");
        assertThat(((InetSocketAddress) target.address()).getPort()).isEqualTo(5432);
        assertThat(target.password()).isNull();
        assertThat(target.database()).isEqualTo("me");
    }

    @Test
    void takesAUnixSocketAndOptions() throws ConformanceFailed {
        Target target = Target.of("postgresql:///app?host=/run/postgresql&port=6432&user=me&password=s");
        assertThat(target.address()).isEqualTo(UnixDomainSocketAddress.of("/run/postgresql/.s.PGSQL.6432"));
        assertThat(target.user()).isEqualTo("me");
        assertThat(target.password()).isEqualTo("s");
    }

    @Test
    void takesAnAddressOfVersionSix() throws ConformanceFailed {
        assertThat(Target.of("postgresql://me@[::1]:6432/app").address())
                .isEqualTo(new InetSocketAddress(InetAddress.ofLiteral("::1"), 6432));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://me:secret@host/app",
                "postgresql://me:secret@host/a b",
                "postgresql://me:secret@host/app?sslmode=require",
                "postgresql://me:secret@host/app?port=99999"
            })
    void refusesWhatItCannotReachWithoutTellingThePassword(String url) {
        assertThatThrownBy(() -> Target.of(url))
                .isInstanceOf(ConformanceFailed.class)
                .message()
                .doesNotContain("secret");
    }
}
