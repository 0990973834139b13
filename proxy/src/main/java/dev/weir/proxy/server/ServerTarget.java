package dev.weir.proxy.server;

import dev.weir.config.ServerAddress;
import java.util.Map;

/**
 * How to log in to PostgreSQL for one pool. Immutable.
 *
 * @param pool the database as clients name it, for the log
 * @param address where it listens
 * @param database PostgreSQL's name of the database
 * @param user PostgreSQL's role
 * @param credentials what the role proves itself with
 * @param parameters startup parameters every server of the pool gets
 * @param connectQuery statement to run after login, empty for none
 */
public record ServerTarget(
        String pool,
        ServerAddress address,
        String database,
        String user,
        ServerCredentials credentials,
        Map<String, String> parameters,
        String connectQuery) {

    /** Names no secret. */
    @Override
    public String toString() {
        return pool + "/" + user + "@" + address;
    }
}
