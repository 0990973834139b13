package dev.weir.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class WaitQueueTest {

    @Test
    void whoCameFirstIsFirstWhoeverLeaves() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        WaitQueue queue = new WaitQueue();
        Deque<Waiter> model = new ArrayDeque<>();
        List<Waiter> away = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            away.add(new Waiter(session()));
        }
        for (int step = 0; step < 50_000; step++) {
            if (!away.isEmpty() && random.nextBoolean()) {
                Waiter waiter = away.remove(random.nextInt(away.size()));
                queue.add(waiter, step);
                model.add(waiter);
                assertThat(waiter.sinceNanos()).isEqualTo(step);
            } else if (!model.isEmpty()) {
                Waiter waiter = random.nextBoolean()
                        ? model.getFirst()
                        : model.stream()
                                .skip(random.nextInt(model.size()))
                                .findFirst()
                                .orElseThrow();
                queue.remove(waiter);
                model.remove(waiter);
                away.add(waiter);
            }
            assertThat(queue.first()).as("-Dfuzz.seed=%d", seed).isSameAs(model.peek());
            assertThat(queue.size()).as("-Dfuzz.seed=%d", seed).isEqualTo(model.size());
        }
        assertThat(model).allMatch(Waiter::isQueued);
        assertThat(away).noneMatch(Waiter::isQueued);
    }

    private static Waiter.Session session() {
        return (Waiter.Session) Proxy.newProxyInstance(
                WaitQueueTest.class.getClassLoader(),
                new Class<?>[] {Waiter.Session.class},
                (self, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
