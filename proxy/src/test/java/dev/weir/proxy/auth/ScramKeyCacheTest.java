package dev.weir.proxy.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ScramKeyCacheTest {
    private static final byte[] SALT = {1};
    private static final byte[] PASSWORD = {'p'};

    private final ScramKeyCache cache = new ScramKeyCache(2, new SecureRandom());

    @Test
    void derivesOnceAndFindsAgain() {
        assertThat(cache.find(PASSWORD, SALT, 10)).isNull();
        ScramKeys keys = cache.derive(PASSWORD, SALT, 10);
        assertThat(keys).isEqualTo(ScramKeys.derive(PASSWORD, SALT, 10));
        assertThat(cache.find(PASSWORD, SALT, 10)).isSameAs(keys);
        assertThat(cache.derive(PASSWORD, SALT, 10)).isSameAs(keys);
    }

    @Test
    void tellsPasswordsSaltsAndIterationsApart() {
        cache.derive(PASSWORD, SALT, 10);
        assertThat(cache.find(new byte[] {'q'}, SALT, 10)).isNull();
        assertThat(cache.find(PASSWORD, new byte[] {2}, 10)).isNull();
        assertThat(cache.find(PASSWORD, SALT, 11)).isNull();
        // the border between salt and password must not be movable
        assertThat(cache.find(new byte[0], new byte[] {1, 'p'}, 10)).isNull();
    }

    @Test
    void forgetsTheLeastRecentlyUsed() {
        cache.derive(PASSWORD, SALT, 1);
        cache.derive(PASSWORD, SALT, 2);
        assertThat(cache.find(PASSWORD, SALT, 1)).isNotNull();
        cache.derive(PASSWORD, SALT, 3);
        assertThat(cache.find(PASSWORD, SALT, 1)).isNotNull();
        assertThat(cache.find(PASSWORD, SALT, 2)).isNull();
    }

    @Test
    void manyLoginsAtOnceShareOneDerivation() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<ScramKeys>> logins = IntStream.range(0, 50)
                    .<Callable<ScramKeys>>mapToObj(_ -> () -> cache.derive(PASSWORD, SALT, 20_000))
                    .toList();
            List<ScramKeys> keys =
                    threads.invokeAll(logins).stream().map(Future::resultNow).toList();
            assertThat(keys.stream().map(System::identityHashCode).collect(Collectors.toSet()))
                    .hasSize(1);
        }
    }

    @Test
    void forgetsWhatCouldNotBeDerived() {
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> cache.derive(PASSWORD, SALT, Integer.MAX_VALUE))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(cache.find(PASSWORD, SALT, Integer.MAX_VALUE)).isNull();
        }
    }

    @Test
    void showsEveryNameAStableSaltThatAnotherProcessWouldNot() {
        assertThat(cache.salt("a")).hasSize(16).isEqualTo(cache.salt("a")).isNotEqualTo(cache.salt("b"));
        assertThat(new ScramKeyCache(1, new SecureRandom()).salt("a")).isNotEqualTo(cache.salt("a"));
    }
}
