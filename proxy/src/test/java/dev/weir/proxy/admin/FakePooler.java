package dev.weir.proxy.admin;

import dev.weir.console.Console;
import dev.weir.console.alert.AlertBoard;
import dev.weir.console.alert.Watch;
import dev.weir.console.port.CommandRefused;
import dev.weir.console.port.DatabaseSnapshot;
import dev.weir.console.port.DnsHostSnapshot;
import dev.weir.console.port.PendingAction;
import dev.weir.console.port.PoolerControl;
import dev.weir.console.port.PoolerIdentity;
import dev.weir.console.port.PoolerState;
import dev.weir.console.port.PoolerView;
import dev.weir.console.port.SettingSnapshot;
import dev.weir.proxy.testkit.ConfigText;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// As much of a pooler as the wire side needs to have something to say. What it is ordered to do it writes down.
final class FakePooler {

    final List<String> orders = Collections.synchronizedList(new ArrayList<>());

    /// Completes PAUSE.
    volatile CompletableFuture<Void> paused = new CompletableFuture<>();

    final Console console = new Console(
            proxy(PoolerView.class, (_, method, _) -> read(method.getName())),
            proxy(PoolerControl.class, (_, method, arguments) -> order(method.getName(), arguments)),
            new AlertBoard(),
            new Watch(
                            proxy(
                                    PoolerView.class,
                                    (_, _, _) -> CompletableFuture.failedStage(new CommandRefused("no"))),
                            () -> ConfigText.read("", ""),
                            6432)
                    .advisor(),
            System::nanoTime);

    private static Object read(String what) {
        return switch (what) {
            case "identity" -> new PoolerIdentity("0.1.0", Instant.EPOCH, 6432, Duration.ofSeconds(60));
            case "state" -> now(new PoolerState(false, false, false, 1));
            case "stats" -> now(List.of());
            case "databases" -> now(List.<DatabaseSnapshot>of());
            case "settings" -> now(List.of(new SettingSnapshot("pool_mode", "session", "session", true)));
            // Many rows with an int8 in each.
            case "dnsHosts" ->
                now(IntStream.range(0, 1000)
                        .mapToObj(i -> new DnsHostSnapshot(String.format("host%03d", i), i, List.of()))
                        .toList());
            default -> throw new IllegalStateException("nobody asks for " + what);
        };
    }

    private Object order(String what, Object[] arguments) {
        orders.add(what + (arguments == null ? "" : " " + arguments[0]));
        if (what.equals("killClient")) {
            return CompletableFuture.failedStage(new CommandRefused("client not found"));
        }
        CompletableFuture<Void> done = paused;
        return what.equals("pause")
                ? new PendingAction() {
                    @Override
                    public CompletionStage<Void> done() {
                        return done;
                    }

                    @Override
                    public void undo() {
                        orders.add("undo");
                    }
                }
                : now(null);
    }

    @SuppressWarnings("NullAway") // A stage of Void completes with null.
    private static CompletionStage<?> now(@Nullable Object value) {
        return CompletableFuture.completedStage(value);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
