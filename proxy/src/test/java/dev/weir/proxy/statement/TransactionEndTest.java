package dev.weir.proxy.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TransactionEndTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "commit",
                "COMMIT;",
                "Commit work",
                "commit\0\0\0",
                " \t\r\n\fcommit",
                "commit and chain",
                "COMMIT PREPARED 'x'",
                "end",
                "END;",
                "end transaction",
                "prepare transaction 'x'",
                "PREPARE TRANSACTION 'x'",
                "commit--now"
            })
    void recognises(String sql) {
        assertThat(isEnd(sql)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "commi",
                "commits",
                "commit_log",
                "commit1",
                "endless",
                "END\u00e9",
                "select 1",
                "rollback",
                "abort",
                "begin",
                "prepare x as select 1",
                "prepare transactions",
                "preparetransaction",
                "#ommit",
                "select 'commit'"
            })
    void leavesOut(String sql) {
        assertThat(isEnd(sql)).isFalse();
    }

    @Test
    void looksAtNothingOutsideTheText() {
        ByteBuf in = Unpooled.copiedBuffer("xcommitx", StandardCharsets.US_ASCII);

        assertThat(TransactionEnd.isAt(in, 1, 6)).isTrue();
        assertThat(TransactionEnd.isAt(in, 1, 5)).isFalse();
        assertThat(TransactionEnd.isAt(in, 1, 7)).isFalse();
        assertThat(TransactionEnd.isAt(in, 8, 0)).isFalse();
        assertThat(TransactionEnd.isAt(in, 8, -3)).isFalse();
    }

    private static boolean isEnd(String sql) {
        ByteBuf in = Unpooled.copiedBuffer(sql, StandardCharsets.UTF_8);
        return TransactionEnd.isAt(in, 0, in.readableBytes());
    }
}
