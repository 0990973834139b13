package dev.weir.proxy.time;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An event loop whose time is moved by hand, with nothing but timers. */
public final class ManualLoop {

    private record Timer(long atNanos, Runnable task) {}

    private final List<Timer> timers = new ArrayList<>();
    private long nowNanos;

    /** @param nowNanos its first moment */
    public ManualLoop(long nowNanos) {
        this.nowNanos = nowNanos;
    }

    /** Its time now. */
    public long nanoTime() {
        return nowNanos;
    }

    /** How many timers are set. */
    public int timers() {
        return timers.size();
    }

    /** Lets time pass and runs what has become due, in order, each at its own time. */
    public void advance(long nanos) {
        long endNanos = nowNanos + nanos;
        while (true) {
            Timer next = timers.stream()
                    .filter(timer -> timer.atNanos - endNanos <= 0)
                    .min(Comparator.comparingLong(timer -> timer.atNanos - endNanos))
                    .orElse(null);
            if (next == null) {
                nowNanos = endNanos;
                return;
            }
            timers.remove(next);
            nowNanos = next.atNanos;
            next.task.run();
        }
    }

    /** Timeouts that go by this loop's time. */
    public Deadlines deadlines() {
        return new Deadlines(executor(), this::nanoTime);
    }

    EventExecutor executor() {
        return proxy(EventExecutor.class, (method, arguments) -> {
            if (!method.equals("schedule")) {
                throw new UnsupportedOperationException(method);
            }
            long delayNanos = ((TimeUnit) arguments[2]).toNanos((Long) arguments[1]);
            Timer timer = new Timer(nowNanos + delayNanos, (Runnable) arguments[0]);
            timers.add(timer);
            return proxy(ScheduledFuture.class, (ofFuture, none) -> {
                if (!ofFuture.equals("cancel")) {
                    throw new UnsupportedOperationException(ofFuture);
                }
                return timers.remove(timer);
            });
        });
    }

    private interface Handler {
        Object call(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> handler.call(method.getName(), arguments)));
    }
}
