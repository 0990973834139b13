package dev.weir.proxy.server;

import java.time.Duration;

/**
 * What the configuration says about the server connections of one pool. Immutable; a reload puts another in its place.
 *
 * @param resetQuery {@code server_reset_query}; empty for none
 * @param resetAlways {@code server_reset_query_always}
 * @param checkQuery {@code server_check_query}
 * @param check whether servers are checked at all
 * @param checkDelay {@code server_check_delay}
 * @param connectTimeout {@code server_connect_timeout}
 * @param lifetime {@code server_lifetime}
 * @param idleTimeout {@code server_idle_timeout}
 * @param cancelWaitTimeout {@code cancel_wait_timeout}: also how long a server whose client has gone may take to come to rest
 * @param preparedStatementsMax {@code max_prepared_statements}
 */
public record ServerRules(
        String resetQuery,
        boolean resetAlways,
        String checkQuery,
        boolean check,
        Duration checkDelay,
        Duration connectTimeout,
        Duration lifetime,
        Duration idleTimeout,
        Duration cancelWaitTimeout,
        int preparedStatementsMax) {}
