package dev.weir.proxy.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.net.Worker;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CancelKeysTest {

    private record Client(CancelKey cancelKey) implements CancelTarget {

        @Override
        public Worker worker() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onCancelRequest(Runnable delivered) {
            throw new UnsupportedOperationException();
        }
    }

    private final CancelKeys keys = new CancelKeys(new SecureRandom(), () -> 0);

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 4", "2, 32", "3, 32"})
    void secretsAreAsLongAsTheProtocolOfTheClientAllows(int minor, int bytes) {
        for (int i = 0; i < 200; i++) {
            CancelKey key = keys.create(minor);
            assertThat(key.secret()).hasSize(bytes);
            assertThat(key.pid()).isPositive();
            assertThat(key.secret()[3] & 3).isEqualTo(3);
        }
    }

    @Test
    void everyByteOfASecretIsRandom() {
        Set<String> seen = new HashSet<>();
        byte[] varied = new byte[32];
        byte[] first = keys.create(2).secret();
        for (int i = 0; i < 200; i++) {
            byte[] secret = keys.create(2).secret();
            assertThat(seen.add(Arrays.toString(secret))).isTrue();
            for (int at = 0; at < secret.length; at++) {
                varied[at] |= (byte) (secret[at] ^ first[at]);
            }
        }
        assertThat(varied).doesNotContain(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void onlyTheWholeKeyFindsItsClient(int minor) {
        CancelKey key = keys.create(minor);
        Client client = new Client(key);
        assertThat(keys.find(key.pid(), key.secret())).as("not yet known").isNull();
        assertThat(keys.add(client)).isTrue();

        assertThat(keys.find(key.pid(), key.secret().clone())).isSameAs(client);
        assertThat(keys.find(key.pid() + 1, key.secret())).isNull();
        assertThat(keys.find(key.pid(), new byte[0])).isNull();
        assertThat(keys.find(key.pid(), Arrays.copyOf(key.secret(), key.secret().length - 1)))
                .isNull();
        assertThat(keys.find(key.pid(), Arrays.copyOf(key.secret(), key.secret().length + 1)))
                .isNull();
        for (int i = 0; i < key.secret().length; i++) {
            byte[] wrong = key.secret().clone();
            wrong[i] ^= 1;
            assertThat(keys.find(key.pid(), wrong)).as("byte " + i).isNull();
        }
    }

    @Test
    void theFirstEightBytesBelongToOneClientAtATime() {
        Client first = new Client(keys.create(0));
        Client second = new Client(new CancelKey(
                first.cancelKey().pid(), Arrays.copyOf(first.cancelKey().secret(), 32)));
        assertThat(keys.add(first)).isTrue();

        assertThat(keys.add(second)).isFalse();
        keys.remove(second);
        assertThat(keys.find(first.cancelKey().pid(), first.cancelKey().secret()))
                .isSameAs(first);

        keys.remove(first);
        assertThat(keys.find(first.cancelKey().pid(), first.cancelKey().secret()))
                .isNull();
        assertThat(keys.add(second)).isTrue();
    }

    @Test
    void aKeyDoesNotPrintItself() {
        assertThat(new CancelKey(4711, new byte[] {1, 2, 3, 4})).hasToString("CancelKey");
    }
}
