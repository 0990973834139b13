package dev.weir.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HostResolverTest {

    private static final Duration TTL = Duration.ofSeconds(15);
    private static final Duration FAILURE_TTL = Duration.ofSeconds(5);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Dns dns = new Dns();
    private long nowNanos = -1; // the clock may begin anywhere
    private Duration ttl = TTL;
    private final HostResolver resolver = new HostResolver(dns, () -> ttl, () -> FAILURE_TTL, () -> nowNanos);

    /** What DNS says, and how often it was asked. */
    private static final class Dns extends InetNameResolver {
        final Map<String, List<InetAddress>> zone = new ConcurrentHashMap<>();
        final Queue<Runnable> held = new ArrayDeque<>();
        int asked;
        boolean holding;

        Dns() {
            super(ImmediateEventExecutor.INSTANCE);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
            throw new UnsupportedOperationException("all addresses are wanted");
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
            asked++;
            held.add(() -> {
                List<InetAddress> addresses = zone.get(host);
                if (addresses == null) {
                    promise.setFailure(new UnknownHostException(host));
                } else {
                    promise.setSuccess(addresses);
                }
            });
            if (!holding) {
                answer();
            }
        }

        void answer() {
            while (!held.isEmpty()) {
                held.remove().run();
            }
        }
    }

    @AfterEach
    void close() {
        resolver.close();
        channel.finishAndReleaseAll();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text); // a literal: nobody is asked
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private @Nullable InetAddress resolve(String host) {
        List<@Nullable InetAddress> answers = new ArrayList<>();
        resolver.resolve(host, channel.eventLoop(), answers::add);
        channel.runPendingTasks();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    @Test
    void literalAddressesNeedNoLookUp() {
        assertThat(resolve("10.1.2.3")).isEqualTo(address("10.1.2.3"));
        assertThat(resolve("::1")).isEqualTo(address("::1"));
        assertThat(dns.asked).isZero();
        assertThat(resolver.entries()).isEmpty();
    }

    @Test
    void anAnswerHoldsForItsTimeAndIsThenAskedForAnew() {
        dns.zone.put("db", List.of(address("10.0.0.1")));
        assertThat(resolve("db")).isEqualTo(address("10.0.0.1"));

        dns.zone.put("db", List.of(address("10.0.0.2")));
        pass(TTL.minusNanos(1));
        assertThat(resolve("db")).isEqualTo(address("10.0.0.1"));
        assertThat(dns.asked).isOne();

        pass(Duration.ofNanos(1));
        assertThat(resolve("db")).isEqualTo(address("10.0.0.2"));
        assertThat(dns.asked).isEqualTo(2);
    }

    @Test
    void withoutATimeEveryAnswerIsFresh() {
        ttl = Duration.ZERO;
        dns.zone.put("db", List.of(address("10.0.0.1")));
        assertThat(resolve("db")).isNotNull();
        assertThat(resolve("db")).isNotNull();
        assertThat(dns.asked).isEqualTo(2);
    }

    @Test
    void aTimeLongerThanAnyClockCanCountIsForEver() {
        ttl = Duration.ofSeconds(Long.MAX_VALUE);
        dns.zone.put("db", List.of(address("10.0.0.1")));
        assertThat(resolve("db")).isNotNull();
        pass(Duration.ofDays(300));
        assertThat(resolve("db")).isNotNull();
        assertThat(dns.asked).isOne();
    }

    @Test
    void aFailureHoldsForAShorterTime() {
        assertThat(resolve("db")).isNull();
        dns.zone.put("db", List.of(address("10.0.0.1")));
        pass(FAILURE_TTL.minusNanos(1));
        assertThat(resolve("db")).isNull();
        assertThat(dns.asked).isOne();

        pass(Duration.ofNanos(1));
        assertThat(resolve("db")).isEqualTo(address("10.0.0.1"));
    }

    @Test
    void severalAddressesAreUsedInTurn() {
        dns.zone.put("db", List.of(address("10.0.0.1"), address("10.0.0.2"), address("10.0.0.3")));
        List<@Nullable InetAddress> used = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            used.add(resolve("db"));
        }
        assertThat(used.subList(0, 3)).doesNotHaveDuplicates();
        assertThat(used.subList(3, 6)).isEqualTo(used.subList(0, 3));
        assertThat(dns.asked).isOne();
    }

    @Test
    void countsLookUpsUnderWayAndShowsWhatIsKnown() {
        dns.holding = true;
        dns.zone.put("db", List.of(address("10.0.0.1")));
        List<@Nullable InetAddress> answers = new ArrayList<>();
        resolver.resolve("db", channel.eventLoop(), answers::add);
        assertThat(resolver.pending()).isOne();
        assertThat(answers).isEmpty();

        dns.answer();
        assertThat(resolver.pending()).isZero();
        assertThat(answers).as("the loop is told on its own thread").isEmpty();
        channel.runPendingTasks();
        assertThat(answers).containsExactly(address("10.0.0.1"));
        assertThat(resolver.entries())
                .containsExactly(new HostResolver.Entry("db", List.of(address("10.0.0.1")), nowNanos + TTL.toNanos()));
    }

    @Test
    void anAddressHasLeftWhenALaterAnswerLacksIt() {
        assertThat(resolver.hasLeft("db", address("10.0.0.1")))
                .as("never asked")
                .isFalse();
        dns.zone.put("db", List.of(address("10.0.0.1"), address("10.0.0.2")));
        resolve("db");
        assertThat(resolver.hasLeft("db", address("10.0.0.1"))).isFalse();

        pass(TTL);
        dns.zone.put("db", List.of(address("10.0.0.3"), address("10.0.0.2")));
        assertThat(resolver.hasLeft("db", address("10.0.0.1")))
                .as("not asked again")
                .isFalse();
        resolve("db");
        assertThat(resolver.hasLeft("db", address("10.0.0.1"))).isTrue();
        assertThat(resolver.hasLeft("db", address("10.0.0.2"))).isFalse();
    }

    @Test
    void aFailedLookUpProvesNothing() {
        dns.zone.put("db", List.of(address("10.0.0.1")));
        resolve("db");
        pass(TTL);
        dns.zone.clear();
        assertThat(resolve("db")).isNull();
        assertThat(resolver.hasLeft("db", address("10.0.0.1"))).isFalse();
    }
}
