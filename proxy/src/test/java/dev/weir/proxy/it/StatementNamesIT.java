package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever goes wrong with prepared statements: clients hear of them by their own names, in PostgreSQL's words.
@ExtendWith(LeakGuard.class)
final class StatementNamesIT {
    private static final byte[] SYNC = Frontend.sync();

    @SuppressWarnings("NullAway.Init")
    private WeirFixture weir;

    @BeforeEach
    void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
    }

    @AfterEach
    void stop() {
        weir.close();
    }

    private static byte[] use(String name) {
        return Frontend.concat(Frontend.bind("", name), Frontend.execute("", 0));
    }

    private static byte[] parse(String name, String sql) {
        return Frontend.parse(name, sql);
    }

    static Stream<List<byte[]>> pipelines() {
        byte[] wrong = parse("wrong", "SELEC");
        return Stream.of(
                List.of(wrong, SYNC, use("wrong"), SYNC),
                List.of(wrong, use("wrong"), SYNC, Frontend.describeStatement("wrong"), SYNC),
                List.of(wrong, parse("skipped", "SELECT 1"), SYNC, use("skipped"), SYNC, use("wrong"), SYNC),
                List.of(wrong, parse("a", "SELECT 1"), parse("b", "SELECT 1"), SYNC, use("b"), SYNC, use("a"), SYNC),
                List.of(parse("a", "SELECT 1"), SYNC, parse("a", "SELECT 2"), SYNC, use("a"), SYNC),
                List.of(parse("a", "SELECT 1"), parse("b", "SELECT 1"), SYNC, parse("b", "SELECT 2"), SYNC),
                List.of(parse("a", "SELECT 1"), SYNC, wrong, Frontend.closeStatement("a"), SYNC, use("a"), SYNC),
                List.of(parse("a", "SELECT 1"), Frontend.closeStatement("a"), use("a"), SYNC),
                List.of(parse("a", "SELECT 1"), SYNC, Frontend.query("PREPARE a AS SELECT 1"), use("a"), SYNC),
                List.of(Frontend.query("EXECUTE a"), Frontend.query("DEALLOCATE a"), use("a"), SYNC),
                List.of(parse("a", "SELECT $1::int"), SYNC, use("a"), SYNC),
                List.of(parse("a", "SELECT 1"), SYNC, Frontend.query("EXECUTE a(1, 2)"), Frontend.query("SELECT 1")),
                List.of(parse("a", "EXECUTE nobody"), use("a"), SYNC, use("a"), SYNC));
    }

    @ParameterizedTest
    @MethodSource("pipelines")
    void errorsAreThoseOfAServerOfItsOwn(List<byte[]> messages) {
        byte[] all = Frontend.concat(messages.toArray(byte[][]::new));
        byte[] end = Frontend.query("SELECT 'end'");
        try (RawClient direct = RawClient.connect(TestPostgres.shared().tcp(), Accounts.APP);
                RawClient client = weir.connect(Accounts.APP)) {
            List<String> expected = said(direct.send(all, end));
            assertThat(said(client.send(all, end))).isEqualTo(expected);
        }
    }

    private static List<String> said(RawClient client) {
        List<Message> seen = new java.util.ArrayList<>();
        while (seen.stream()
                .noneMatch(message -> message.type() == 'D' && message.columns().contains("end"))) {
            seen.addAll(client.readUntilReady());
        }
        return seen.stream()
                .map(message -> message.type() == 'E' ? "E " + message.fields() : String.valueOf(message))
                .toList();
    }
}
