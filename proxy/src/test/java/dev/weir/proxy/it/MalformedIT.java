package dev.weir.proxy.it;

import static dev.weir.proxy.testkit.Frontend.PROTOCOL_3_0;
import static dev.weir.proxy.testkit.Frontend.cString;
import static dev.weir.proxy.testkit.Frontend.concat;
import static dev.weir.proxy.testkit.Frontend.int32;
import static dev.weir.proxy.testkit.Frontend.lying;
import static dev.weir.proxy.testkit.Frontend.message;
import static dev.weir.proxy.testkit.Frontend.query;
import static dev.weir.proxy.testkit.Frontend.startup;
import static dev.weir.proxy.testkit.Frontend.untyped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What breaks the rules is told so where it can be, is closed promptly, and harms nobody else.
@ExtendWith(LeakGuard.class)
class MalformedIT {
    private static final Duration PROMPTLY = Duration.ofSeconds(5);

    private static WeirFixture weir;
    private static RawClient neighbour;

    @BeforeAll
    static void start() {
        weir = WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "2")
                .start();
        neighbour = weir.connect(Accounts.APP);
    }

    @AfterAll
    static void stop() {
        neighbour.close();
        weir.close();
    }

    @AfterEach
    void theNeighbourIsUnharmed() {
        assertThat(neighbour.value("SELECT 'unharmed'")).isEqualTo("unharmed");
    }

    static Stream<Arguments> brokenStarts() {
        byte[] proper = startup(PROTOCOL_3_0, Map.of("user", "app"));
        byte[] clientHello = HexFormat.of().parseHex("16030100c8010000c40303" + "ab".repeat(60));
        return Stream.of(
                Arguments.of("length zero", concat(int32(0), int32(PROTOCOL_3_0))),
                Arguments.of("length three", concat(int32(3), int32(PROTOCOL_3_0))),
                Arguments.of("length seven", concat(int32(7), int32(PROTOCOL_3_0))),
                Arguments.of("negative length", concat(int32(-1), int32(PROTOCOL_3_0))),
                Arguments.of("huge length", concat(int32(Integer.MAX_VALUE), int32(PROTOCOL_3_0))),
                Arguments.of("length over the limit", concat(int32(10_001 + 4), int32(PROTOCOL_3_0))),
                Arguments.of("protocol 2", untyped(int32(2 << 16), new byte[288])),
                Arguments.of("protocol 4", untyped(int32(4 << 16), cString("user"), cString("app"), new byte[1])),
                Arguments.of("protocol 0", untyped(int32(0), new byte[1])),
                Arguments.of("no terminator", untyped(int32(PROTOCOL_3_0), cString("user"), cString("app"))),
                Arguments.of("name without a value", untyped(int32(PROTOCOL_3_0), cString("user"), new byte[1])),
                Arguments.of(
                        "bytes behind the terminator",
                        untyped(int32(PROTOCOL_3_0), cString("user"), cString("app"), new byte[1], cString("more"))),
                Arguments.of("bytes behind SSLRequest", concat(Frontend.sslRequest(), proper)),
                Arguments.of("bytes behind GSSENCRequest", concat(Frontend.gssEncRequest(), proper)),
                Arguments.of("HTTP", "GET / HTTP/1.1\r\nHost: db\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("SSH", "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("TLS without asking", clientHello),
                Arguments.of("a Query instead of a start", query("SELECT 1")),
                Arguments.of("a password instead of a start", Frontend.password(cString("app-secret"))),
                Arguments.of("an endless name", untyped(int32(PROTOCOL_3_0), new byte[9_000])));
    }

    @ParameterizedTest
    @MethodSource("brokenStarts")
    void aBrokenStartIsRefusedPromptly(String name, byte[] bytes) {
        try (RawClient client = RawClient.open(weir.tcp()).deadline(PROMPTLY)) {
            client.sendIfOpen(bytes);
            String answer = new String(client.wire().readToEnd(), StandardCharsets.ISO_8859_1);
            // A request for encryption is answered with one byte of its own before the rest is looked at.
            assertThat(answer).as(name).matches("(?s)N?E.{4}SFATAL\0.*\0C(08P01|0A000)\0.*");
        }
    }

    @Test
    void aStartWithoutAUserIsRefused() {
        try (RawClient client = RawClient.open(weir.tcp()).deadline(PROMPTLY)) {
            client.send(startup(PROTOCOL_3_0, Map.of("database", "app")));
            assertThat(client.expectFatal().sqlState()).isEqualTo("28000");
        }
    }

    @Test
    void aBrokenCancelRequestIsClosedWithoutAnAnswer() {
        for (byte[] bytes : List.of(
                untyped(int32(80877102)),
                untyped(int32(80877102), new byte[3]),
                untyped(int32(80877102), new byte[400]),
                untyped(int32(80877102), new byte[8]))) {
            try (RawClient client = RawClient.open(weir.tcp()).deadline(PROMPTLY)) {
                client.send(bytes);
                List<Message> answer = client.readToEnd();
                assertThat(answer).allMatch(message -> message.type() == 'E');
            }
        }
    }

    static Stream<Arguments> brokenLogins() {
        return Stream.of(
                Arguments.of("a Query before the password", query("SELECT 1")),
                Arguments.of("a second StartupMessage", startup(PROTOCOL_3_0, Map.of("user", "app"))),
                Arguments.of("an endless password", lying('p', Integer.MAX_VALUE, new byte[100])),
                Arguments.of("a password of negative length", lying('p', -5)),
                Arguments.of("an empty SASL answer", message('p')),
                Arguments.of(
                        "a mechanism without an end", message('p', "SCRAM-SHA-256".getBytes(StandardCharsets.UTF_8))),
                Arguments.of(
                        "a mechanism that was not offered",
                        message('p', cString("SCRAM-SHA-256-PLUS"), int32(3), cString("n,"))),
                Arguments.of(
                        "a SASL length that lies",
                        message('p', cString("SCRAM-SHA-256"), int32(1_000), cString("n,,n=,r=abc"))),
                Arguments.of("channel binding", sasl("p=tls-unique,,n=,r=abcdefgh")),
                Arguments.of("no nonce", sasl("n,,n=")),
                Arguments.of("a mandatory extension", sasl("n,,m=x,n=,r=abcdefgh")),
                Arguments.of("not a SCRAM message", sasl("\0\0\0")));
    }

    private static byte[] sasl(String first) {
        byte[] bytes = first.getBytes(StandardCharsets.UTF_8);
        return message('p', cString("SCRAM-SHA-256"), int32(bytes.length), bytes);
    }

    @ParameterizedTest
    @MethodSource("brokenLogins")
    void aBrokenLoginIsRefusedPromptly(String name, byte[] bytes) {
        try (RawClient client = RawClient.open(weir.tcp()).deadline(PROMPTLY)) {
            client.send(startup(PROTOCOL_3_0, Map.of("user", "app", "database", "app")));
            client.expect("R");
            client.send(bytes);
            assertThat(client.expectFatal().sqlState()).as(name).isIn("08P01", "28P01", "28000", "0A000");
        }
    }

    static Stream<Arguments> brokenMessages() {
        return Stream.of(
                Arguments.of("type zero", message('\0')),
                Arguments.of("type of a server", message('Z', new byte[] {'I'})),
                Arguments.of("unknown type", message('y')),
                Arguments.of("type above 127", message('\u00ff')),
                Arguments.of("length zero", lying('Q', 0, cString("SELECT 1"))),
                Arguments.of("length three", lying('Q', 3, cString("SELECT 1"))),
                Arguments.of("negative length", lying('Q', -1, cString("SELECT 1"))),
                Arguments.of("most negative length", lying('P', Integer.MIN_VALUE, cString("SELECT 1"))),
                Arguments.of("Flush with a body", message('H', new byte[70_000])),
                Arguments.of("Sync with a huge length", lying('S', 1 << 30)),
                Arguments.of("a second StartupMessage", startup(PROTOCOL_3_0, Map.of("user", "app"))),
                Arguments.of("a password after the login", Frontend.password(cString("app-secret"))),
                Arguments.of("an SSLRequest after the login", Frontend.sslRequest()),
                Arguments.of("HTTP", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @MethodSource("brokenMessages")
    void aBrokenMessageEndsOnlyItsConnection(String name, byte[] bytes) {
        try (RawClient client = weir.connect(Accounts.APP).deadline(PROMPTLY)) {
            client.sendIfOpen(bytes);
            assertThat(client.expectFatal().sqlState()).as(name).isEqualTo("08P01");
        }
    }

    @ParameterizedTest
    @MethodSource("brokenMessages")
    void aBrokenMessageInATransactionRollsItBack(String name, byte[] bytes) {
        neighbour.run("CREATE TABLE IF NOT EXISTS broken (n int)");
        try (RawClient client = weir.connect(Accounts.APP).deadline(PROMPTLY)) {
            client.run("BEGIN; INSERT INTO broken VALUES (1)");
            client.sendIfOpen(bytes);
            assertThat(client.expectFatal().sqlState()).as(name).isEqualTo("08P01");
        }
        assertThat(neighbour.value("SELECT count(*) FROM broken")).isEqualTo("0");
        assertThat(neighbour.value("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
                        + " AND datname = current_database() AND wait_event_type IS DISTINCT FROM 'Client'"))
                .isEqualTo("0");
    }

    @Test
    void aSyncWithABodyIsRefusedAndTheServerStaysClean() {
        try (RawClient client = weir.connect(Accounts.APP).deadline(PROMPTLY)) {
            client.send(message('S', new byte[1]));
            assertThat(client.readUntil('E').getLast().sqlState()).isEqualTo("08P01");
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, 40).map(i -> System.nanoTime() + i);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomBytesNeverHarmAnybodyElse(long seed) {
        Random random = new Random(seed);
        byte[] garbage = new byte[1 + random.nextInt(3_000)];
        random.nextBytes(garbage);
        try (RawClient before = RawClient.open(weir.tcp());
                RawClient after = weir.connect(Accounts.APP)) {
            before.sendIfOpen(garbage);
            before.finishSending();
            before.readToEnd();
            after.sendIfOpen(garbage);
            after.finishSending();
            after.readToEnd();
        }
    }
}
