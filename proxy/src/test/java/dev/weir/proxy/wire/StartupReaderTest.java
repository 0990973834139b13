package dev.weir.proxy.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.wire.StartupPacket.CancelRequest;
import dev.weir.proxy.wire.StartupPacket.GssEncRequest;
import dev.weir.proxy.wire.StartupPacket.SslRequest;
import dev.weir.proxy.wire.StartupPacket.Startup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StartupReaderTest {
    private final ByteBuf in = Unpooled.buffer();

    @AfterEach
    void release() {
        assertThat(in.release()).isTrue();
    }

    @Test
    void readsTheRequestsOneByOne() {
        Messages.sslRequest(in);
        Messages.gssEncRequest(in);
        Messages.cancelRequest(in, 42, new byte[] {1, 2, 3, 4});
        Messages.startup(in, Messages.PROTOCOL_3_0, Map.of("user", "u"));
        assertThat(StartupReader.read(in)).isInstanceOf(SslRequest.class);
        assertThat(StartupReader.read(in)).isInstanceOf(GssEncRequest.class);
        CancelRequest cancel = (CancelRequest) Objects.requireNonNull(StartupReader.read(in));
        assertThat(cancel.pid()).isEqualTo(42);
        assertThat(cancel.secret()).containsExactly(1, 2, 3, 4);
        assertThat(startup().user()).isEqualTo("u");
        assertThat(StartupReader.read(in)).isNull();
    }

    @Test
    void needsEveryByteAndTakesNoneBefore() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "ümit");
        parameters.put("database", "d");
        parameters.put("options", "");
        Messages.startup(in, Messages.PROTOCOL_3_2, parameters);
        int length = in.readableBytes();
        for (int there = 0; there < length; there++) {
            in.writerIndex(there);
            assertThat(StartupReader.read(in))
                    .as("%d of %d bytes", there, length)
                    .isNull();
            assertThat(in.readerIndex()).isZero();
        }
        in.writerIndex(length).writeByte('p');
        assertThat(startup()).isEqualTo(new Startup(3, 2, parameters, List.of()));
        assertThat(in.readerIndex()).isEqualTo(length);
    }

    @Test
    void keepsTheOrderAndTheLastValueOfAName() {
        packet(Messages.PROTOCOL_3_0, "user\0a\0DateStyle\0ISO\0user\0b\0datestyle\0German\0\0");
        assertThat(startup().parameters())
                .containsExactly(
                        Map.entry("DateStyle", "ISO"), Map.entry("user", "b"), Map.entry("datestyle", "German"));
    }

    @Test
    void setsProtocolOptionsApart() {
        packet(Messages.PROTOCOL_3_0 + 9, "_pq_.a\0x\0user\0u\0_pq_.b\0\0\0");
        Startup startup = startup();
        assertThat(startup.minor()).isEqualTo(9);
        assertThat(startup.protocol()).isEqualTo(Messages.PROTOCOL_3_0 + 9);
        assertThat(startup.unrecognisedProtocolOptions()).containsExactly("_pq_.a", "_pq_.b");
        assertThat(startup.parameters()).containsExactly(Map.entry("user", "u"));
    }

    @Test
    void namesTheDatabaseAfterTheUser() {
        packet(Messages.PROTOCOL_3_0, "user\0u\0database\0\0\0");
        assertThat(startup().database()).isEqualTo("u");
        packet(Messages.PROTOCOL_3_0, "user\0\0\0");
        Startup nobody = startup();
        assertThat(nobody.user()).isNull();
        assertThat(nobody.database()).isNull();
        packet(Messages.PROTOCOL_3_0, "\0");
        assertThat(startup().parameters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "user",
                "user\0",
                "user\0u",
                "user\0u\0",
                "user\0u\0database\0",
                "user\0u\0database\0\0",
                "user\0u\0\0x",
                "user\0u\0\0\0",
                "\0\0"
            })
    void demandsTheTerminatorAtTheEnd(String body) {
        packet(Messages.PROTOCOL_3_0, body);
        refused("invalid startup packet layout: expected terminator as last byte");
    }

    @Test
    void refusesNamesThatCannotBeToldApartAsUtf8() {
        packet(Messages.PROTOCOL_3_0, "user\0\u00e4\0\0");
        assertThatThrownBy(() -> StartupReader.read(in))
                .isInstanceOfSatisfying(
                        ProtocolViolation.class,
                        violation -> assertThat(violation.error().is(SqlState.CHARACTER_NOT_IN_REPERTOIRE))
                                .isTrue());
    }

    @Test
    void takesAProgramsNameInWhateverEncoding() {
        packet(Messages.PROTOCOL_3_0, "user\0u\0application_name\0caf\u00e9\0\0");
        assertThat(startup().parameters()).containsEntry("application_name", "caf\ufffd");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 32, 255, 256})
    void takesCancelKeysOfEveryLength(int bytes) {
        Messages.cancelRequest(in, -1, new byte[bytes]);
        assertThat(StartupReader.read(in))
                .isInstanceOfSatisfying(
                        CancelRequest.class,
                        cancel -> assertThat(cancel.secret()).hasSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 12, 15, 269, 1000})
    void refusesOtherLengthsOfCancelKeysByTheHeader(int length) {
        in.writeInt(length).writeInt(Messages.CANCEL_REQUEST);
        refused("invalid length of cancel request packet");
    }

    @Test
    void refusesRequestsWithABody() {
        in.writeInt(9).writeInt(Messages.SSL_REQUEST);
        refused("invalid length of startup packet");
    }

    @ParameterizedTest
    @CsvSource({
        "00020000, old V2 protocol not supported",
        "00010000, old V2 protocol not supported",
        "00040000, bad packet header: '0000000900040000'",
        "00000000, bad packet header: '0000000900000000'",
        "04d2162d, bad packet header: '0000000904d2162d'"
    })
    void refusesOtherProtocolsByTheHeader(String version, String text) {
        in.writeInt(9).writeBytes(ByteBufUtil.decodeHexDump(version));
        refused(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00000007", "00002715", "7fffffff", "80000000", "ffffffff", "51000000"})
    void refusesImpossibleLengthsAtOnce(String length) {
        in.writeBytes(ByteBufUtil.decodeHexDump(length));
        refused("bad packet header: '" + length + "'");
    }

    @Test
    void takesTheLongestPacketAndNeedsNoMoreThanIt() {
        String user = "u".repeat(StartupReader.MAX_BODY_BYTES - 4 - "user\0\0\0".length());
        Messages.startup(in, Messages.PROTOCOL_3_0, Map.of("user", user));
        assertThat(in.readableBytes()).isEqualTo(StartupReader.MAX_PACKET_BYTES);
        assertThat(startup().user()).isEqualTo(user);
        Messages.startup(in, Messages.PROTOCOL_3_0, Map.of("user", user + "u"));
        assertThatThrownBy(() -> StartupReader.read(in)).isInstanceOf(ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "POST", "HEAD /", "OPTIONS *", "PRI * HTTP/2.0"})
    void recognisesHttp(String request) {
        in.writeCharSequence(request, ISO_8859_1);
        refused("received an HTTP request on a PostgreSQL port");
    }

    @Test
    void recognisesTlsByItsFirstByte() {
        in.writeByte(0x16);
        refused("received a TLS handshake without an SSLRequest before it");
    }

    @Test
    void refusesBytesBehindARequestForEncryption() {
        assertThatCode(() -> StartupReader.refuseBytesBehind(new SslRequest(), in))
                .doesNotThrowAnyException();
        in.writeByte(0);
        assertThatThrownBy(() -> StartupReader.refuseBytesBehind(new SslRequest(), in))
                .hasMessage("received unencrypted data after SSL request");
        assertThatThrownBy(() -> StartupReader.refuseBytesBehind(new GssEncRequest(), in))
                .hasMessage("received unencrypted data after GSSAPI encryption request");
        assertThatCode(() -> StartupReader.refuseBytesBehind(new CancelRequest(1, new byte[4]), in))
                .doesNotThrowAnyException();
    }

    private void packet(int version, String body) {
        in.writeInt(8 + body.length()).writeInt(version);
        in.writeCharSequence(body, ISO_8859_1);
    }

    private Startup startup() {
        return (Startup) Objects.requireNonNull(StartupReader.read(in));
    }

    private void refused(String text) {
        int before = in.readerIndex();
        assertThatThrownBy(() -> StartupReader.read(in))
                .isInstanceOfSatisfying(ProtocolViolation.class, violation -> {
                    assertThat(violation.error().severity()).isEqualTo(PgError.Severity.FATAL);
                    assertThat(violation.error().is(SqlState.PROTOCOL_VIOLATION))
                            .isTrue();
                })
                .hasMessage(text);
        assertThat(in.readerIndex()).isEqualTo(before);
    }
}
