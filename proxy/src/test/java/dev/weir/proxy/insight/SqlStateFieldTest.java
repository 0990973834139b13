package dev.weir.proxy.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// The SQLSTATE in an ErrorResponse.
final class SqlStateFieldTest {

    private static String read(byte[] body) {
        ByteBuf in = Unpooled.wrappedBuffer(body);
        return SqlStateField.text(SqlStateField.read(in, 0, body.length));
    }

    @Test
    void isThatOfTheError() {
        ByteBuf out = Unpooled.buffer();
        PgError.error(SqlState.QUERY_CANCELED, "C57P01").write(out);
        assertThat(SqlStateField.text(SqlStateField.read(out, 5, out.readableBytes() - 5)))
                .isEqualTo("57014");
    }

    @Test
    void isEmptyWhereThereIsNone() {
        assertThat(read(new byte[] {0})).isEmpty();
        assertThat(read(new byte[0])).isEmpty();
        assertThat(read("SERROR\0MC\0\0".getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(read("C123\0\0".getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(read("C12345".getBytes(StandardCharsets.US_ASCII))).isEmpty();
    }
}
