package dev.weir.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * However bytes are cut into pieces, the same comes of them, and every buffer is let go. Run with {@code -Dfuzz.seed=…} to
 * repeat a failure.
 */
final class MessageFramerFuzzTest {

    private static final int ROUNDS = 8_000;

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void everyPairOfCutsInATranscriptGivesTheSame() {
        byte[] transcript = transcript(message('P', 9), message('B', 0), message('D', 20), message('S', 3));
        byte[] verdicts = table(MessageFramer.ASK);
        verdicts['B'] = MessageFramer.PASS;
        for (int script = 0; script < 8; script++) {
            for (int first = 0; first <= transcript.length; first++) {
                for (int second = first; second <= transcript.length; second++) {
                    check(FramerScript.random(seed + script), transcript, verdicts, List.of(first, second));
                }
            }
        }
    }

    @Test
    void oneByteAtATimeGivesTheSame() {
        for (int round = 0; round < 200; round++) {
            byte[] transcript = randomTranscript();
            List<Integer> cuts = IntStream.range(0, transcript.length).boxed().toList();
            check(FramerScript.random(random.nextLong()), transcript, randomVerdicts(), cuts);
        }
    }

    @Test
    void randomCutsOfRandomTranscriptsGiveTheSame() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] transcript = randomTranscript();
            check(FramerScript.random(random.nextLong()), transcript, randomVerdicts(), randomCuts(transcript.length));
        }
    }

    @Test
    void brokenTranscriptsEndInAViolationOrAreForwarded() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] broken = randomTranscript();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            byte[] cutOff = Arrays.copyOf(broken, random.nextInt(broken.length + 1));
            check(FramerScript.random(random.nextLong()), cutOff, randomVerdicts(), randomCuts(cutOff.length));
        }
    }

    @Test
    void noiseEndsInAViolationOrIsForwarded() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] noise = new byte[random.nextInt(80)];
            random.nextBytes(noise);
            if (noise.length > 1 && random.nextBoolean()) {
                noise[1] = 0; // else nearly all lengths are negative or beyond all that follows
            }
            check(FramerScript.random(random.nextLong()), noise, randomVerdicts(), randomCuts(noise.length));
        }
    }

    private void check(FramerScript script, byte[] input, byte[] verdicts, List<Integer> cuts) {
        String as = "-Dfuzz.seed=" + seed + ", cuts " + cuts + ", bytes "
                + HexFormat.of().formatHex(input);
        FramerScript.Outcome outcome;
        try {
            outcome = script.run(input, verdicts, cuts, random);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(as, e);
        }
        assertThat(outcome).as(as).isEqualTo(script.expect(input, verdicts));
    }

    private byte[] randomTranscript() {
        byte[][] messages = new byte[1 + random.nextInt(6)][];
        for (int i = 0; i < messages.length; i++) {
            int bodyLength = random.nextInt(8) == 0 ? random.nextInt(700) : random.nextInt(24);
            messages[i] = message((char) random.nextInt(256), bodyLength);
        }
        return transcript(messages);
    }

    private byte[] message(char type, int bodyLength) {
        byte[] body = new byte[bodyLength];
        random.nextBytes(body);
        return ByteBuffer.allocate(MessageFramer.HEADER_BYTES + bodyLength)
                .put((byte) type)
                .putInt(4 + bodyLength)
                .put(body)
                .array();
    }

    private static byte[] transcript(byte[]... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            all.writeBytes(message);
        }
        return all.toByteArray();
    }

    private byte[] randomVerdicts() {
        byte[] verdicts = new byte[256];
        int rejected = random.nextInt(3) == 0 ? 16 : 256;
        for (int i = 0; i < verdicts.length; i++) {
            verdicts[i] = random.nextInt(rejected) == 0
                    ? MessageFramer.REJECT
                    : random.nextBoolean() ? MessageFramer.ASK : MessageFramer.PASS;
        }
        return verdicts;
    }

    private List<Integer> randomCuts(int length) {
        List<Integer> cuts = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            cuts.add(random.nextInt(length + 1));
        }
        return cuts;
    }

    private static byte[] table(byte verdict) {
        byte[] table = new byte[256];
        Arrays.fill(table, verdict);
        return table;
    }
}
