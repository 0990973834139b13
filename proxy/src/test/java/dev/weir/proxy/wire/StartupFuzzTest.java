package dev.weir.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.wire.StartupOptions.Settings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Throws random and slightly wrong packets at the startup reader. Run with `-Dfuzz.seed=…` to repeat a failure.
final class StartupFuzzTest {
    private static final int ROUNDS = 50_000;
    private static final String CHARS = "ab=-\\ \t'\"c_ä";

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final ByteBuf in = Unpooled.buffer();

    @AfterEach
    void release() {
        assertThat(in.release()).isTrue();
    }

    @Test
    void answersEveryPacketWithAPacketAViolationOrTheWishForMore() {
        for (int round = 0; round < ROUNDS; round++) {
            in.clear();
            write();
            mutate();
            readAll();
        }
    }

    private void write() {
        switch (random.nextInt(6)) {
            case 0 -> Messages.sslRequest(in);
            case 1 -> Messages.cancelRequest(in, random.nextInt(), new byte[4 + random.nextInt(253)]);
            case 2 -> {
                byte[] noise = new byte[random.nextInt(64)];
                random.nextBytes(noise);
                in.writeBytes(noise);
            }
            default -> Messages.startup(in, Messages.PROTOCOL_3_0 + random.nextInt(4), parameters());
        }
    }

    private Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            parameters.put("k" + text(5), text(20));
        }
        return parameters;
    }

    private void mutate() {
        for (int i = random.nextInt(4); i > 0 && in.isReadable(); i--) {
            int at = random.nextInt(in.writerIndex());
            switch (random.nextInt(3)) {
                case 0 -> in.setByte(at, random.nextInt(256));
                case 1 -> in.writerIndex(at);
                default -> in.setByte(at, 0);
            }
        }
    }

    private void readAll() {
        String packet = ByteBufUtil.hexDump(in);
        int before = in.readerIndex();
        try {
            while (StartupReader.read(in) != null) {
                assertThat(in.readerIndex()).as(packet).isGreaterThanOrEqualTo(before + 8);
                before = in.readerIndex();
            }
            assertThat(in.readableBytes()).isLessThan(StartupReader.MAX_PACKET_BYTES);
        } catch (ProtocolViolation violation) {
            assertThat(violation.error().endsSession()).as(packet).isTrue();
        } catch (RuntimeException e) {
            throw new AssertionError("-Dfuzz.seed=" + seed + ", packet " + packet, e);
        }
        assertThat(in.readerIndex())
                .as("-Dfuzz.seed=%d, packet %s", seed, packet)
                .isEqualTo(before);
    }

    @Test
    void understandsAllOptionsThatAreEscapedAndNeverThrows() {
        for (int round = 0; round < ROUNDS; round++) {
            List<Map.Entry<String, String>> settings = new ArrayList<>();
            StringBuilder options = new StringBuilder();
            for (int i = random.nextInt(4); i > 0; i--) {
                Map.Entry<String, String> setting = Map.entry("n" + random.nextInt(9), text(12));
                settings.add(setting);
                options.append(List.of("-c ", "-c", "--").get(random.nextInt(3)))
                        .append(setting.getKey())
                        .append('=')
                        .append(escape(setting.getValue()))
                        .append(" \t".charAt(random.nextInt(2)));
            }
            assertThat(StartupOptions.parse(options.toString()))
                    .as("-Dfuzz.seed=%d, options %s", seed, options)
                    .isEqualTo(new Settings(settings));
            assertThat(StartupOptions.parse(text(40))).isNotNull();
        }
    }

    private static String escape(String value) {
        return value.replaceAll("[\\\\\\s]", "\\\\$0");
    }

    private String text(int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxLength + 1); i > 0; i--) {
            text.append(CHARS.charAt(random.nextInt(CHARS.length())));
        }
        return text.toString();
    }
}
