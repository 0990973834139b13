package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Notifications come in the encoding that the client has when it gets them.
@ExtendWith(LeakGuard.class)
final class ListenEncodingIT {
    private final TestPostgres postgres = TestPostgres.shared();

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @SuppressWarnings("NullAway.Init")
    private RawClient direct;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(postgres).set("default_pool_size", "1").start();
        direct = RawClient.connect(postgres.tcp(), Accounts.APP);
    }

    @AfterEach
    void stop() {
        direct.close();
        weir.close();
    }

    private static byte[] texts(RawClient client) {
        Message message = client.read();
        assertThat(message.type()).isEqualTo('A');
        return java.util.Arrays.copyOfRange(message.body(), 4, message.body().length);
    }

    private static byte[] texts(String channel, String payload, Charset charset) {
        return (channel + "\0" + payload + "\0").getBytes(charset);
    }

    @ParameterizedTest
    @CsvSource({"LATIN1, ISO-8859-1, é", "WIN1251, windows-1251, ж", "SJIS, windows-31j, 表", "GBK, GBK, 中"})
    void isTheClientsOwn(String encoding, String charset, String text) {
        try (RawClient before = weir.connect(Accounts.APP);
                RawClient after = weir.connect(Accounts.APP);
                RawClient atStartup = weir.connect(Accounts.APP.with("client_encoding", encoding))) {
            before.run("LISTEN a").run("SET client_encoding = '" + encoding + "'");
            after.run("SET client_encoding = '" + encoding + "'").run("LISTEN a");
            atStartup.run("LISTEN a");
            direct.run("NOTIFY a, '" + text + "'");

            byte[] expected = texts("a", text, Charset.forName(charset));
            assertThat(texts(before)).isEqualTo(expected);
            assertThat(texts(after)).isEqualTo(expected);
            assertThat(texts(atStartup)).isEqualTo(expected);

            before.run("SET client_encoding = 'UTF8'");
            direct.run("NOTIFY a, '" + text + "'");
            assertThat(texts(before)).isEqualTo(texts("a", text, StandardCharsets.UTF_8));
            assertThat(texts(after)).isEqualTo(expected);
            assertThat(weir.pool(Accounts.DATABASE, Accounts.APP.user())).containsEntry("sv_active", "0");
        }
    }

    @Test
    void aChannelThatOnlyItsEncodingCanTellIsListenedOnByItsServer() {
        try (RawClient latin = weir.connect(Accounts.APP.with("client_encoding", "LATIN1"))) {
            latin.send(Frontend.message('Q', "LISTEN \"é\"\0".getBytes(StandardCharsets.ISO_8859_1)));
            latin.expect("CZ");
            direct.run("NOTIFY \"é\", 'ü'");

            assertThat(texts(latin)).isEqualTo(texts("é", "ü", StandardCharsets.ISO_8859_1));
            latin.run("UNLISTEN *");
        }
    }

    @Test
    void whatCannotBeToldEndsTheSessionAsInPostgres() {
        try (RawClient own = RawClient.connect(postgres.tcp(), Accounts.APP);
                RawClient latin = weir.connect(Accounts.APP)) {
            own.run("LISTEN a").run("SET client_encoding = 'LATIN1'");
            latin.run("LISTEN a").run("SET client_encoding = 'LATIN1'");
            direct.run("NOTIFY a, '中'");

            Message expected = own.expectFatal();
            Message error = latin.expectFatal();
            assertThat(error.sqlState()).isEqualTo(expected.sqlState());
            assertThat(error.fields().get('M')).isEqualTo(expected.fields().get('M'));
        }
    }
}
