package dev.weir.proxy.client;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.setting.PoolSettings;
import dev.weir.proxy.pool.PoolGroup;
import dev.weir.proxy.pool.PooledDatabase;
import dev.weir.proxy.wire.ProtocolViolation;
import org.jspecify.annotations.Nullable;

/**
 * Counts one client in against {@code max_client_conn}, {@code max_db_client_connections} and
 * {@code max_user_client_connections}, in this order and before it is asked for a password. Confined to the client's event
 * loop.
 */
final class ClientAdmission {

    private final ClientServices services;
    private @Nullable PooledDatabase database;
    private @Nullable PoolGroup user;

    ClientAdmission(ClientServices services) {
        this.services = services;
    }

    /** @throws ProtocolViolation if there are too many already, the pooler is closing, or memory runs short */
    void admit(@Nullable DatabaseConfig entry, String userName) {
        ClientErrors errors = services.errors();
        if (services.isClosing()) {
            throw new ProtocolViolation(errors.shuttingDown());
        }
        String shortage = services.memory().shortage();
        if (shortage != null) {
            throw new ProtocolViolation(errors.outOfMemory(shortage));
        }
        if (services.clients().connections() > services.config().get(PoolSettings.MAX_CLIENT_CONN)) {
            throw new ProtocolViolation(errors.tooManyClients("max_client_conn"));
        }
        if (entry != null) {
            PooledDatabase pooled = services.pools().database(entry);
            if (!pooled.group().admitClient()) {
                throw new ProtocolViolation(errors.tooManyClients("max_db_client_connections"));
            }
            database = pooled;
        }
        PoolGroup pooled = services.pools().user(userName);
        if (!pooled.admitClient()) {
            throw new ProtocolViolation(errors.tooManyClients("max_user_client_connections"));
        }
        user = pooled;
    }

    /** The client has gone, logged in or not. */
    void countOut() {
        if (database != null) {
            database.group().onClientGone();
            services.pools().forgetIfNeverServed(database);
            database = null;
        }
        if (user != null) {
            user.onClientGone();
            services.pools().forgetIfUnused(user);
            user = null;
        }
    }
}
