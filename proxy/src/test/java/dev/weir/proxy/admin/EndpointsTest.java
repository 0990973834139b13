package dev.weir.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.ServerAddress;
import dev.weir.console.port.Endpoint;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EndpointsTest {

    @Test
    void clientsOverTcpHaveTwoEnds() throws UnknownHostException {
        Endpoints.Pair ends = Endpoints.ofClient(inet("192.0.2.7", 40000), inet("2001:db8::1", 6432));

        assertThat(ends.peer()).isEqualTo(new Endpoint("192.0.2.7", 40000));
        assertThat(ends.local()).isEqualTo(new Endpoint("2001:db8:0:0:0:0:0:1", 6432));
    }

    @ParameterizedTest
    @CsvSource({"/tmp/.s.PGSQL.6432,6432", "\0weir/.s.PGSQL.7000,7000", "/tmp/another-name,0", "/tmp/.s.PGSQL.x,0"})
    void theNameOfAUnixSocketTellsThePortOfBothEnds(String path, int port) {
        Endpoints.Pair ends = Endpoints.ofClient(new DomainSocketAddress(""), new DomainSocketAddress(path));

        assertThat(ends).isEqualTo(new Endpoints.Pair(Endpoint.unix(port), Endpoint.unix(port)));
    }

    @Test
    void theOtherEndOfAUnixSocketMayHaveNoAddress() {
        Endpoints.Pair ends = Endpoints.ofClient(null, UnixDomainSocketAddress.of("/tmp/.s.PGSQL.6432"));

        assertThat(ends.peer()).isEqualTo(Endpoint.unix(6432));
    }

    @Test
    void aServerThatDoesNotStandYetShowsWhereItIsToBe() {
        Endpoints.Pair ends = Endpoints.ofServer(new ServerAddress.Tcp("db.example", 5433), null, null);

        assertThat(ends).isEqualTo(new Endpoints.Pair(new Endpoint("db.example", 5433), new Endpoint("", 0)));
    }

    @Test
    void aServerThatStandsShowsItsAddress() throws UnknownHostException {
        Endpoints.Pair ends = Endpoints.ofServer(
                new ServerAddress.Tcp("db.example", 5433), inet("192.0.2.9", 5433), inet("192.0.2.1", 50000));

        assertThat(ends)
                .isEqualTo(new Endpoints.Pair(new Endpoint("192.0.2.9", 5433), new Endpoint("192.0.2.1", 50000)));
    }

    @Test
    void aServerOnAUnixSocketHasThePortOfItsName() {
        Endpoints.Pair ends = Endpoints.ofServer(
                new ServerAddress.Unix("/tmp", 5433), new DomainSocketAddress("/tmp/.s.PGSQL.5433"), null);

        assertThat(ends).isEqualTo(new Endpoints.Pair(Endpoint.unix(5433), Endpoint.unix(5433)));
    }

    private static SocketAddress inet(String address, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }
}
