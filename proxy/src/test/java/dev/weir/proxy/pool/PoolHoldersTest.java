package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.pool.PoolHolders.Found;
import org.junit.jupiter.api.Test;

final class PoolHoldersTest {

    private static final Found SOME = new Found(3, 1, 5_000, "billing-api");

    @Test
    void theOldestOfAllIsTold() {
        assertThat(SOME.plus(new Found(2, 0, 9_000, "web"))).isEqualTo(new Found(5, 1, 5_000, "billing-api"));
        assertThat(SOME.plus(new Found(2, 2, -7, "web"))).isEqualTo(new Found(5, 3, -7, "web"));
        assertThat(SOME.plus(Found.NOBODY)).isEqualTo(SOME);
        assertThat(Found.NOBODY.plus(SOME)).isEqualTo(SOME);
    }
}
