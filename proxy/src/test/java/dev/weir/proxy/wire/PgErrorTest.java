package dev.weir.proxy.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PgErrorTest {
    @Test
    void writesSeverityTwiceThenCodeMessageDetailAndHint() {
        ByteBuf out = Unpooled.buffer();
        PgError.fatal(SqlState.TOO_MANY_CONNECTIONS, "full")
                .withDetail("d")
                .withHint("h")
                .write(out);
        assertThat(out.readByte()).isEqualTo(BackendType.ERROR_RESPONSE);
        assertThat(out.readInt()).isEqualTo(out.readableBytes() + 4);
        assertThat(out.toString(UTF_8)).isEqualTo("SFATAL\0VFATAL\0C53300\0Mfull\0Dd\0Hh\0\0");
        out.release();
    }

    @Test
    void readsBackWhatItWrites() {
        PgError error = PgError.error(SqlState.SYNTAX_ERROR, "größer").withHint("h");
        ByteBuf out = Unpooled.buffer();
        error.write(out);
        assertThat(PgError.read(out, 5, out.readableBytes() - 5)).isEqualTo(error);
        assertThat(out.readerIndex()).isZero();
        out.release();
    }

    @Test
    void writesANoticeAsNoticeResponse() {
        ByteBuf out = Unpooled.buffer();
        Messages.noticeResponse(out, "n");
        assertThat(out.readByte()).isEqualTo(BackendType.NOTICE_RESPONSE);
        out.release();
    }

    @Test
    void keepsAllFieldsOfAServer() {
        PgError error = read("SFATAL\0VFATAL\0C3D000\0Mno\0Fpostinit.c\0L1\0RInitPostgres\0\0");
        assertThat(error.others())
                .containsExactly(Map.entry('F', "postinit.c"), Map.entry('L', "1"), Map.entry('R', "InitPostgres"));
        assertThat(error.endsSession()).isTrue();
        assertThat(error.is(SqlState.INVALID_CATALOG_NAME)).isTrue();
    }

    @Test
    void trustsTheSeverityThatIsNotTranslated() {
        assertThat(read("SFEHLER\0VFATAL\0C00000\0M\0\0").severity()).isEqualTo(PgError.Severity.FATAL);
        assertThat(read("SPANIC\0C00000\0M\0\0").severity()).isEqualTo(PgError.Severity.PANIC);
        assertThat(read("VDEBUG1\0C00000\0M\0\0").severity()).isEqualTo(PgError.Severity.DEBUG);
        assertThat(read("SFEHLER\0C00000\0M\0\0").severity()).isEqualTo(PgError.Severity.ERROR);
    }

    @Test
    void replacesWhatIsNotUtf8() {
        ByteBuf body = Unpooled.copiedBuffer("VERROR\0Mä\0\0", ISO_8859_1);
        assertThat(PgError.read(body, 0, body.readableBytes()).message()).isEqualTo("\ufffd");
        body.release();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Mx", "Mx\0", "Mx\0\0M", "\0\0"})
    void refusesABodyThatIsNoListOfFields(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void letsNoQuotedTextEndAFieldEarly() {
        ByteBuf out = Unpooled.buffer();
        PgError.error(SqlState.SYNTAX_ERROR, "a\0Cb").write(out);
        assertThat(PgError.read(out, 5, out.readableBytes() - 5).message()).isEqualTo("a\ufffdCb");
        out.release();
    }

    @Test
    void violationsCostNoStackTrace() {
        ProtocolViolation violation = new ProtocolViolation("bad");
        assertThat(violation.getStackTrace()).isEmpty();
        assertThat(violation.error()).isEqualTo(PgError.fatal(SqlState.PROTOCOL_VIOLATION, "bad"));
    }

    private static PgError read(String body) {
        ByteBuf buf = Unpooled.copiedBuffer("xx" + body, UTF_8);
        try {
            return PgError.read(buf, 2, buf.readableBytes() - 2);
        } finally {
            buf.release();
        }
    }
}
