package dev.weir.proxy.pool;

import dev.weir.proxy.server.FakeUser;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.wire.PgError;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client that takes the server it is given and keeps it until the test lets it go. */
final class FakeSession extends FakeUser implements Waiter.Session {

    final Waiter waiter = new Waiter(this);

    @Nullable
    ServerConnection server;

    @Nullable
    PgError refused;

    @Override
    public void onServerAssigned(ServerConnection assigned) {
        server = assigned;
        assigned.link(this);
    }

    @Override
    public void onCheckoutRefused(PgError error) {
        refused = error;
    }

    boolean isServed() {
        return server != null;
    }

    /** Gives the server back. */
    void letGo() {
        ServerConnection used = Objects.requireNonNull(server);
        server = null;
        used.unlink();
    }
}
