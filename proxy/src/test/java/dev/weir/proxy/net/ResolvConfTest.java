package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResolvConfTest {

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
    }

    @Test
    void readsServersSearchedDomainsAndDots(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("resolv.conf"), """
            # of nobody's making
            ; nor this
            domain first.example
            nameserver 192.0.2.1
            \tnameserver   2001:db8::1
            search a.example  b.example
            sortlist 192.0.2.0
            options rotate ndots:3 timeout:1
            """);

        ResolvConf conf = ResolvConf.read(file);

        assertThat(conf.servers()).containsExactly(at("192.0.2.1", 53), at("2001:db8::1", 53));
        assertThat(conf.searched()).containsExactly("a.example", "b.example");
        assertThat(conf.dots()).isEqualTo(3);
    }

    @Test
    void withoutMoreNothingIsSearchedAndOneDotIsEnough() throws IOException {
        assertThat(ResolvConf.parse("nameserver ::1", "f"))
                .isEqualTo(new ResolvConf(List.of(at("::1", 53)), List.of(), 1));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1:5353,      192.0.2.1,   5353",
        "[2001:db8::1]:5353,  2001:db8::1, 5353",
        "[2001:db8::1],       2001:db8::1, 53"
    })
    void serversMayHaveAPort(String text, String host, int port) throws IOException {
        assertThat(ResolvConf.parse("nameserver " + text, "f").servers()).containsExactly(at(host, port));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dns.example", "192.0.2", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "[::1]:x"})
    void serversAreGivenByTheirAddress(String text) {
        assertThatThrownBy(() -> ResolvConf.parse("nameserver " + text, "f"))
                .isInstanceOf(IOException.class)
                .hasMessage("f: \"" + text + "\" is not the address of a DNS server");
    }

    @Test
    void aFileWithoutServersIsRefused() {
        assertThatThrownBy(() -> ResolvConf.parse("search x", "f"))
                .isInstanceOf(IOException.class)
                .hasMessage("f names no DNS server");
    }

    @ParameterizedTest
    @CsvSource({"ndots:0, 0", "ndots:99, 15", "ndots:x, 1", "ndots:, 1", "ndots:99999, 1"})
    void dotsAreFew(String option, int dots) throws IOException {
        assertThat(ResolvConf.parse("nameserver ::1\noptions " + option, "f").dots())
                .isEqualTo(dots);
    }
}
