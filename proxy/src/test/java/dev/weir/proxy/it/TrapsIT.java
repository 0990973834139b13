package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Corners of the protocol and of a pooler's work that are easily overlooked.
@ExtendWith(LeakGuard.class)
final class TrapsIT {

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared());
    }

    @Test
    void aRowMayHaveAsManyColumnsAsPostgresAllows() {
        String columns = String.join(", ", Collections.nCopies(1600, "1 AS a_rather_long_name_of_a_column"));
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP)) {
            List<Message> answer = client.extended("SELECT " + columns);
            Message description = answer.stream()
                    .filter(each -> each.type() == 'T')
                    .findFirst()
                    .orElseThrow();
            assertThat(ByteBuffer.wrap(description.body()).getShort()).isEqualTo((short) 1600);
            assertThat(client.value("SELECT 'next'")).isEqualTo("next");
        }
    }

    @Test
    void aStatementMayHaveAsManyParametersAsTheProtocolAllows() {
        int count = 65_535;
        String sql = "SELECT count(*) FROM (VALUES "
                + String.join(
                        ", ",
                        IntStream.rangeClosed(1, count)
                                .mapToObj(i -> "($" + i + "::int)")
                                .toList())
                + ") v";
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP)) {
            client.send(Frontend.parse("wide", sql), Frontend.sync());
            client.readUntilReady();
            String[] values = Collections.nCopies(count, "1").toArray(String[]::new);
            client.send(Frontend.bind("", "wide", values), Frontend.execute("", 0), Frontend.sync());
            assertThat(client.readUntilReady())
                    .filteredOn(message -> message.type() == 'D')
                    .extracting(message -> message.columns().getFirst())
                    .containsExactly(String.valueOf(count));
        }
    }

    @Test
    void aSyncAloneIsAnsweredAndCounts() {
        try (WeirFixture weir = setup().start();
                RawClient client = weir.connect(Accounts.APP);
                RawClient console = weir.console()) {
            client.send(Frontend.sync());
            assertThat(client.readUntilReady()).extracting(Message::type).containsExactly('Z');
            assertThat(Shown.rows(console, "SHOW STATS_TOTALS"))
                    .filteredOn(row -> "app".equals(row.get("database")))
                    .allSatisfy(row -> assertThat(row).containsEntry("query_count", "1"));
        }
    }

    @Test
    void theWaitInLineRunsOutInAPauseToo() {
        try (WeirFixture weir = setup().set("query_wait_timeout", "1").start();
                RawClient console = weir.console();
                RawClient client = weir.connect(Accounts.APP)) {
            console.run("PAUSE");
            client.send(Frontend.query("SELECT 1"));
            assertThat(client.expectFatal().text()).isEqualTo("query_wait_timeout");
            console.run("RESUME");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "127.0.0.1, ::1", "::1,localhost"})
    void listensOnAllAddressesOfAllNames(String addresses) throws Exception {
        try (WeirFixture weir = setup().set("listen_addr", addresses).start()) {
            for (String address : List.of("127.0.0.1", "::1")) {
                Endpoint endpoint =
                        new Endpoint.Tcp(new InetSocketAddress(InetAddress.ofLiteral(address), weir.port()));
                try (RawClient client = RawClient.connect(endpoint, Accounts.APP)) {
                    assertThat(client.value("SELECT 'heard'")).isEqualTo("heard");
                }
            }
        }
    }

    @Test
    void whoRunsThePoolerIsItsAdminThroughTheUnixSocketWithoutAPassword() {
        try (WeirFixture weir = setup().start()) {
            try (RawClient operator = RawClient.connect(weir.unix(), new Login("pgbouncer", "", "pgbouncer"))) {
                operator.run("RELOAD");
            }
            try (RawClient stranger = RawClient.open(weir.tcp())) {
                assertThat(stranger.tryLogin(new Login("pgbouncer", "", "pgbouncer"))
                                .getLast()
                                .text())
                        .isEqualTo("not allowed");
            }
        }
    }
}
