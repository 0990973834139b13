package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.LoadBalanceHosts;
import dev.weir.config.ServerAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostChoiceTest {

    private static final ServerAddress A = new ServerAddress.Tcp("a", 5432);
    private static final ServerAddress B = new ServerAddress.Tcp("b", 5432);
    private static final ServerAddress C = new ServerAddress.Tcp("c", 5432);
    private static final List<ServerAddress> HOSTS = List.of(A, B, C);
    private static final long CEILING = 1_000_000_000L;
    /** The first pause is 50 ms, or up to a fifth less. */
    private static final long WITHIN_FIRST_PAUSE = 30_000_000L;

    private static final long AFTER_FIRST_PAUSE = 60_000_000L;

    private final HostChoice choice = new HostChoice();

    private List<ServerAddress> chosen(LoadBalanceHosts balance, long nowNanos, int times) {
        List<ServerAddress> chosen = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            ServerAddress host = choice.choose(HOSTS, balance, nowNanos);
            if (host != null) {
                chosen.add(host);
            }
        }
        return chosen;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 1, Long.MIN_VALUE})
    void goesThroughTheHostsInTurn(long nowNanos) {
        assertThat(chosen(LoadBalanceHosts.ROUND_ROBIN, nowNanos, 7)).containsExactly(A, B, C, A, B, C, A);
    }

    @Test
    void staysWithAHostUntilItFails() {
        assertThat(chosen(LoadBalanceHosts.DISABLE, 0, 3)).containsExactly(A, A, A);

        choice.onFailure(A, 0, CEILING);

        assertThat(chosen(LoadBalanceHosts.DISABLE, WITHIN_FIRST_PAUSE, 3)).containsExactly(B, B, B);
        assertThat(chosen(LoadBalanceHosts.DISABLE, AFTER_FIRST_PAUSE, 2))
                .as("does not go back while the other works")
                .containsExactly(B, B);
    }

    @Test
    void aFailedHostIsLeftOutUntilItsPauseIsOver() {
        choice.onFailure(B, 0, CEILING);

        assertThat(chosen(LoadBalanceHosts.ROUND_ROBIN, WITHIN_FIRST_PAUSE, 5)).doesNotContain(B);
        assertThat(chosen(LoadBalanceHosts.ROUND_ROBIN, AFTER_FIRST_PAUSE, 3)).contains(B);
    }

    @Test
    void onlyAllHostsTogetherMakeAPause() {
        choice.onFailure(A, 0, CEILING);
        choice.onFailure(B, 0, CEILING);
        assertThat(choice.remainingNanos(HOSTS, WITHIN_FIRST_PAUSE)).isZero();

        choice.onFailure(C, 20_000_000L, CEILING);

        assertThat(chosen(LoadBalanceHosts.ROUND_ROBIN, WITHIN_FIRST_PAUSE, 1)).isEmpty();
        assertThat(choice.remainingNanos(HOSTS, WITHIN_FIRST_PAUSE))
                .as("until the first of them may be tried")
                .isBetween(1L, 20_000_000L);
        assertThat(choice.remainingNanos(HOSTS, AFTER_FIRST_PAUSE)).isZero();
    }

    @Test
    void aHostThatWorksAgainIsUsedAtOnce() {
        choice.onFailure(A, 0, CEILING);
        choice.onSuccess(A);

        assertThat(chosen(LoadBalanceHosts.ROUND_ROBIN, 1, 1)).containsExactly(A);
    }

    @Test
    void aShorterListOfHostsIsNoTrouble() {
        chosen(LoadBalanceHosts.ROUND_ROBIN, 0, 2);

        assertThat(choice.choose(List.of(A), LoadBalanceHosts.ROUND_ROBIN, 0)).isEqualTo(A);
        assertThat(choice.choose(List.of(), LoadBalanceHosts.ROUND_ROBIN, 0)).isNull();
        assertThat(choice.remainingNanos(List.of(), 0)).isZero();
    }
}
