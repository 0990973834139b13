package dev.weir.proxy.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which `traceparent` is found in a text. The fuzz test repeats a failure with `-Dfuzz.seed=…`.
final class TraceParentTest {

    private static final String ID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final TraceContext CONTEXT =
            new TraceContext(0x4bf92f3577b34da6L, 0xa3ce929d0e0e4736L, 0x00f067aa0ba902b7L, true);
    private static final int ROUNDS = 50_000;

    private static @Nullable TraceContext in(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        // surrounded by what is not of the text
        ByteBuf in = Unpooled.wrappedBuffer(
                ("*/" + "x".repeat(3)).getBytes(StandardCharsets.US_ASCII), bytes, new byte[] {'*', '/'});
        return TraceParent.in(in, 5, bytes.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 /*traceparent='@'*/",
                "SELECT 1 /*traceparent='@'*/;",
                "SELECT 1; /*traceparent='@'*/ \n\t",
                "/*traceparent='@'*/ SELECT 1",
                "\n /*traceparent='@'*/ SELECT 1 /* what */",
                "SELECT 1 /*action='a%20b',traceparent='@',tracestate='congo%3Dt61'*/",
                "SELECT 1 /* action='x', traceparent = '@' */",
                "SELECT 1 /* traceparent=@ */",
                "SELECT 1 /*application:Shop,traceparent:@,job:x*/",
                "SELECT 1 /*traceparent=\\'@\\'*/",
                "SELECT 1 /*traceparent=\"@\"*/",
                "SELECT 1 /*traceparent='@'*/ /* app */ -- x */ /* last */",
                "/*+ SeqScan(a) */ /*traceparent='@'*/ SELECT 1",
                "/*traceparent='@'*/",
                "SELECT 1 /*not_traceparent='00-x',traceparent='',traceparent='@'*/",
            })
    void isFoundInCommentsOnBothSides(String text) {
        assertThat(in(text.replace("@", ID))).isEqualTo(CONTEXT);
    }

    @Test
    void mayBePercentEncoded() {
        assertThat(in("SELECT 1 /*traceparent='" + ID.replace("-", "%2D").replace("4b", "%34b") + "'*/"))
                .isEqualTo(CONTEXT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ";",
                "/",
                "*/",
                "/*/",
                "/**/",
                "/* */ */",
                "SELECT 1",
                "SELECT 'traceparent=@'",
                "SELECT '/*traceparent=''@''*/'",
                "SELECT 1 /*traceparent='@'*/ WHERE true",
                "SELECT 1 -- traceparent='@'",
                "SELECT 1 /*xtraceparent='@'*/",
                "SELECT 1 /*x-traceparent='@'*/",
                "SELECT 1 /*traceparents='@'*/",
                "SELECT 1 /*traceparent'@'*/",
                "SELECT 1 /*traceparent='@0'*/",
                "SELECT 1 /*traceparent='@-00'*/",
                "SELECT 1 /*traceparent='@",
                "SELECT 1 /*traceparent*/",
                "SELECT 1 /*traceparent=*/",
            })
    void isNotFoundElsewhere(String text) {
        assertThat(in(text.replace("@", ID))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                "00-10-10-00",
            })
    void whatIsInvalidIsIgnored(String id) {
        assertThat(in("SELECT 1 /*traceparent='" + id + "'*/")).isNull();
    }

    @Test
    void onlyTheFirstFlagSaysThatItIsSampled() {
        String unsampled = ID.substring(0, ID.length() - 2);
        assertThat(List.of("00", "01", "02", "03", "fe", "ff"))
                .extracting(flags -> Objects.requireNonNull(in("/*traceparent='" + unsampled + flags + "'*/"))
                        .sampled())
                .containsExactly(false, true, false, true, false, true);
    }

    @Test
    void aLaterVersionMaySayMore() {
        assertThat(in("/*traceparent='cc" + ID.substring(2) + "'*/")).isEqualTo(CONTEXT);
        assertThat(in("/*traceparent='cc" + ID.substring(2) + "-what-is-new'*/"))
                .isEqualTo(CONTEXT);
        assertThat(in("/*traceparent='cc" + ID.substring(2) + ".what'*/")).isNull();
    }

    @Test
    void aLongTextCostsNoMoreThanItsEnds() {
        assertThat(in("SELECT '" + "x".repeat(1 << 20) + "' /*traceparent='" + ID + "'*/"))
                .isEqualTo(CONTEXT);
        assertThat(in("SELECT 1 /*" + "x".repeat(10_000) + ",traceparent='" + ID + "'*/"))
                .isNull();
        assertThat(in("/*" + "x".repeat(10_000) + ",traceparent='" + ID + "'*/ SELECT 1"))
                .isNull();
        assertThat(in("/**/".repeat(5) + "/*traceparent='" + ID + "'*/ SELECT 1"))
                .isNull();
    }

    /// Whatever the text is: the search ends, reads nothing outside of it, and what it finds is valid.
    @Test
    void isSafeFromAnyText() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> shards = List.of(
                "/*",
                "*/",
                "/",
                "*",
                "traceparent",
                "=",
                ":",
                "'",
                "\"",
                "\\",
                "%",
                "%2",
                "%2d",
                "-",
                ",",
                " ",
                ";",
                "\0",
                "\n",
                "00",
                "01",
                "ff",
                "4bf92f3577b34da6a3ce929d0e0e4736",
                "00f067aa0ba902b7",
                "0".repeat(32),
                "0".repeat(16),
                "traceparent='" + ID + "'",
                "/*traceparent='" + ID + "'*/",
                "é",
                "SELECT");
        for (int round = 0; round < ROUNDS; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(14); i > 0; i--) {
                text.append(shards.get(random.nextInt(shards.size())));
            }
            TraceContext found = in(text.toString());
            if (found != null) {
                assertThat(text.toString()).as("seed %d", seed).contains("traceparent");
                assertThat(found.traceHigh() | found.traceLow())
                        .as("seed %d", seed)
                        .isNotZero();
                assertThat(found.spanId()).as("seed %d", seed).isNotZero();
            }
        }
    }

    /// What is written is found again.
    @Test
    void anyContextIsFoundAgain() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            TraceContext context =
                    new TraceContext(random.nextLong(), random.nextLong(), random.nextLong(), random.nextBoolean());
            String id = "00-%016x%016x-%016x-0%d"
                    .formatted(context.traceHigh(), context.traceLow(), context.spanId(), context.sampled() ? 1 : 0);
            assertThat(in("SELECT " + random.nextInt() + " /*b='1',traceparent='" + id + "'*/"))
                    .isEqualTo(context);
        }
    }
}
