package dev.weir.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.wire.ProtocolViolation;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Hands slightly and wildly wrong messages to both sides of SCRAM. Run with `-Dfuzz.seed=…` to repeat a failure.
final class ScramFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final String CHARS = "nyprcsivem=,,==AZaz019+/ \0\u00e4";
    private static final byte[] SALT = {1, 2, 3, 4};

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final ScramKeys keys = ScramKeys.derive(new byte[] {'x'}, SALT, 1);

    @Test
    void aChangedMessageIsRefusedOrFailsToProveAnything() {
        int proved = 0;
        for (int round = 0; round < ROUNDS; round++) {
            ScramServer server = new ScramServer(1, SALT, "server");
            ScramClient client = new ScramClient("client");
            int changed = random.nextInt(4);
            try {
                byte[] first = client.clientFirst();
                byte[] firstReceived = mutate(first, changed == 0);
                byte[] challenge = server.onClientFirst(firstReceived);
                byte[] challengeReceived = mutate(challenge, changed == 1);
                client.onServerFirst(challengeReceived);
                byte[] last = client.clientFinal(keys);
                byte[] lastReceived = mutate(last, changed == 2);
                server.onClientFinal(lastReceived);
                boolean intact = Arrays.equals(first, firstReceived)
                        && Arrays.equals(challenge, challengeReceived)
                        && Arrays.equals(last, lastReceived);
                assertThat(server.verify(keys.storedKey()) != null).as(seed()).isEqualTo(intact);
                if (!intact) {
                    continue;
                }
                proved++;
                byte[] signature = server.serverFinal(keys.serverKey());
                byte[] signatureReceived = mutate(signature, changed == 3);
                assertThat(client.onServerFinal(signatureReceived))
                        .as(seed())
                        .isEqualTo(Arrays.equals(signature, signatureReceived));
            } catch (ProtocolViolation violation) {
                assertThat(violation.error().endsSession()).as(seed()).isTrue();
            } catch (RuntimeException e) {
                throw new AssertionError(seed(), e);
            }
        }
        assertThat(proved).as("exchanges that no change has spoiled").isGreaterThan(ROUNDS / 5);
    }

    @Test
    void noiseIsRefused() {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] noise = noise();
            refuses(() -> new ScramServer(1, SALT, "server").onClientFirst(noise));
            refuses(() -> new ScramClient("client").onServerFirst(noise));
        }
    }

    private void refuses(Runnable reader) {
        try {
            reader.run();
        } catch (ProtocolViolation violation) {
            assertThat(violation.error().endsSession()).as(seed()).isTrue();
        } catch (RuntimeException e) {
            throw new AssertionError(seed(), e);
        }
    }

    private byte[] mutate(byte[] message, boolean really) {
        if (!really || message.length == 0) {
            return message;
        }
        int at = random.nextInt(message.length);
        byte[] changed = message.clone();
        switch (random.nextInt(3)) {
            case 0 -> changed[at] = (byte) CHARS.charAt(random.nextInt(CHARS.length()));
            case 1 -> changed[at] = (byte) random.nextInt(256);
            default -> changed = Arrays.copyOf(changed, at);
        }
        return changed;
    }

    private byte[] noise() {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "n,," : "");
        for (int i = random.nextInt(40); i > 0; i--) {
            text.append(CHARS.charAt(random.nextInt(CHARS.length())));
        }
        return ScramMessage.bytes(text.toString());
    }

    private String seed() {
        return "-Dfuzz.seed=" + seed;
    }
}
