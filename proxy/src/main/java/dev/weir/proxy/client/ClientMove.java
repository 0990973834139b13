package dev.weir.proxy.client;

import dev.weir.proxy.net.ChannelMove;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.relay.BytesInFlight;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Takes one client to another event loop, at a moment when it asks for nothing, holds nothing and is owed nothing. Neither the
 * client nor its next query notices.
 *
 * <p>Confined to the client's event loop, which is a different one afterwards.
 */
final class ClientMove {

    private final ClientSession session;
    private final ClientServices services;
    private final ClientPlace place;
    private final Channel channel;
    private @Nullable Worker destination;
    private boolean departing;
    /** What had been read when the client left. */
    private @Nullable ByteBuf held;

    ClientMove(ClientSession session, ClientServices services, ClientPlace place, Channel channel) {
        this.session = session;
        this.services = services;
        this.place = place;
        this.channel = channel;
    }

    /** Goes there as soon as it can be done. */
    void to(Worker next) {
        destination = next;
        depart();
    }

    /** The client has let its server go. */
    void onUnlinked() {
        if (destination != null && !departing) {
            departing = true;
            place.worker().loop().execute(() -> {
                departing = false;
                depart();
            });
        }
    }

    private void depart() {
        Worker next = destination;
        Worker here = place.worker();
        if (next == null || session.isClosed() || next.equals(here) || !session.mayMove()) {
            destination = null;
            return;
        }
        if (!isAtRest() || !services.clients().census().mayMove()) {
            return; // after the next query
        }
        destination = null;
        session.link().become(ClientState.MOVING);
        session.timers().stop();
        session.output().suspend(true);
        session.chooseReading();
        ChannelMove.begin(channel, next.loop(), () -> leave(here, next), () -> arrive(next));
    }

    /** Takes what arrives from a client that is on its way, or gone. */
    void hold(ByteBuf in) {
        ByteBuf before = held;
        if (session.isClosed()) {
            in.release();
        } else if (before == null) {
            held = in;
        } else {
            held = Unpooled.wrappedBuffer(before, in);
        }
    }

    private boolean isAtRest() {
        return session.state() == ClientState.IDLE
                && !services.isSuspended()
                && session.inFlight().equals(BytesInFlight.NONE);
    }

    /** @return whether the client goes on at all */
    private boolean leave(Worker here, Worker next) {
        if (session.isClosed()) {
            release();
            services.clients().census().onMoved();
            return false;
        }
        services.clients().onMovedOut(here, session);
        place.change(next);
        return true;
    }

    private void arrive(Worker next) {
        services.clients().onMovedIn(next, session);
        place.counters().clientsMovedIn++;
        session.onMoved();
        services.clients().census().onMoved();
        ByteBuf early = held;
        held = null;
        if (early != null) {
            session.read(early);
            session.readComplete();
        }
        if (!channel.isActive()) {
            session.onPeerClosed();
        }
    }

    private void release() {
        ByteBuf unread = held;
        held = null;
        if (unread != null) {
            unread.release();
        }
    }
}
