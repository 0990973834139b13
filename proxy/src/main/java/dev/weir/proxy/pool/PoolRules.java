package dev.weir.proxy.pool;

import dev.weir.config.LoadBalanceHosts;
import dev.weir.config.ServerAddress;
import dev.weir.proxy.server.ServerRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the configuration says about one pool. Immutable; a reload puts another in its place.
 *
 * @param size {@code pool_size}; 0 for no limit
 * @param minSize {@code min_pool_size}
 * @param reserveSize {@code reserve_pool_size}
 * @param reserveTimeout {@code reserve_pool_timeout}; zero for no reserve
 * @param roundRobin {@code server_round_robin}
 * @param connectConcurrency {@code server_connect_concurrency}
 * @param loginRetry {@code server_login_retry}: the longest pause between attempts
 * @param fairness {@code wait_fairness}
 * @param userForced whether the database names the role itself, so that the pool lives without clients
 * @param addresses where the servers are
 * @param balance how to choose among them
 * @param serverDatabase PostgreSQL's name of the database
 * @param startupParameters what every server gets in its startup packet
 * @param connectQuery {@code connect_query}; empty for none
 * @param surveyInterval {@code function_survey_interval}; zero where sessions are not followed
 * @param tls the TLS settings for servers, to be compared
 * @param server rules for each server connection
 */
public record PoolRules(
        int size,
        int minSize,
        int reserveSize,
        Duration reserveTimeout,
        boolean roundRobin,
        int connectConcurrency,
        Duration loginRetry,
        Duration fairness,
        boolean userForced,
        List<ServerAddress> addresses,
        LoadBalanceHosts balance,
        String serverDatabase,
        Map<String, String> startupParameters,
        String connectQuery,
        Duration surveyInterval,
        List<Object> tls,
        ServerRules server) {

    /** Whether servers opened under {@code other} are of no use under these rules. */
    boolean needsOtherServersThan(PoolRules other) {
        return !addresses.equals(other.addresses)
                || !serverDatabase.equals(other.serverDatabase)
                || !startupParameters.equals(other.startupParameters)
                || !connectQuery.equals(other.connectQuery)
                || balance != other.balance
                || (!tls.equals(other.tls) && addresses.stream().anyMatch(ServerAddress.Tcp.class::isInstance));
    }
}
