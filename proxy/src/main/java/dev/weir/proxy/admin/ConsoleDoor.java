package dev.weir.proxy.admin;

import dev.weir.config.AuthType;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.console.Console;
import dev.weir.console.ConsoleUser;
import dev.weir.proxy.cancel.CancelKey;
import dev.weir.proxy.cancel.CancelKeys;
import dev.weir.proxy.cancel.CancelTarget;
import dev.weir.proxy.client.ConsoleEntrance;
import dev.weir.proxy.net.EventLoops;
import dev.weir.proxy.net.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Lets operators in: who may come, and what becomes of the connection of one who has logged in. Thread-safe.
public final class ConsoleDoor implements ConsoleEntrance {

    private final Supplier<WeirConfig> config;
    private final Console console;
    private final EventLoops loops;
    private final CancelKeys cancelKeys;

    public ConsoleDoor(Supplier<WeirConfig> config, Console console, EventLoops loops, CancelKeys cancelKeys) {
        this.config = config;
        this.console = console;
        this.loops = loops;
        this.cancelKeys = cancelKeys;
    }

    @Override
    public @Nullable Rank rankOf(String user) {
        WeirConfig now = config.get();
        if (now.get(ConsoleSettings.ADMIN_USERS).contains(user)) {
            return Rank.ADMIN;
        }
        boolean anybody = now.get(AuthSettings.AUTH_TYPE) == AuthType.ANY;
        return anybody || now.get(ConsoleSettings.STATS_USERS).contains(user) ? Rank.STATS : null;
    }

    @Override
    public void enter(Channel channel, ChannelHandler login, String user, Rank rank, CancelKey key, Listener listener) {
        ConsoleHandler handler =
                new ConsoleHandler(console, new ConsoleUser(user, rank == Rank.ADMIN), listener::onError);
        Cancel cancel = new Cancel(key, loops.workerOf(channel.eventLoop()), handler);
        cancelKeys.add(cancel);
        channel.closeFuture().addListener(closed -> {
            cancelKeys.remove(cancel);
            listener.onClosed(handler.closeReason());
        });
        ByteBuf out = channel.alloc().buffer(512);
        ConsoleWelcome.write(out, key.pid(), key.secret());
        channel.writeAndFlush(out);
        channel.pipeline().replace(login, "console", handler);
    }

    private record Cancel(CancelKey cancelKey, Worker worker, ConsoleHandler handler) implements CancelTarget {

        @Override
        public void onCancelRequest(Runnable delivered) {
            handler.cancel();
            delivered.run();
        }
    }
}
