package dev.weir.proxy.client;

import dev.weir.proxy.wire.PgError;

/** What happens to a client when one of its timeouts expires. Confined to the client's event loop. */
final class ClientTimeouts implements ClientTimers.Listener {

    private final ClientSession session;
    private final ClientInbound inbound;

    ClientTimeouts(ClientSession session, ClientInbound inbound) {
        this.session = session;
        this.inbound = inbound;
    }

    @Override
    public void onExpired(ClientTimers.Limit limit) {
        ClientErrors errors = session.errors();
        boolean queued = session.state() == ClientState.WAITING;
        switch (limit) {
            case QUERY_WAIT ->
                session.closeWithError(errors.queryWaitTimeout(WaitReport.of(
                        session.pool(), session.worker(), session.profile().queryWaitTimeout())));
            case QUERY_WAIT_NOTIFY ->
                session.output()
                        .say(PgError.notice("No server connection available in postgres backend, client being queued"));
            case QUERY -> stop(errors.queryTimeout(queued));
            case TRANSACTION -> stop(errors.transactionTimeout());
            case IDLE_TRANSACTION -> session.closeWithError(errors.idleTransactionTimeout());
            case IDLE -> {
                if (session.state() == ClientState.IDLE) {
                    session.closeWithError(errors.idleTimeout());
                }
            }
        }
    }

    /** What runs has had its time, and a COMMIT behind it too: it is cancelled. */
    private void stop(PgError error) {
        inbound.giveUpCommit();
        session.closeWithError(error);
    }
}
