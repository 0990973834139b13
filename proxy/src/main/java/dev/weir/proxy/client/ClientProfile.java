package dev.weir.proxy.client;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.PinMode;
import dev.weir.config.PoolMode;
import dev.weir.config.SessionState;
import dev.weir.config.StatementComments;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.config.setting.ServerSettings;
import dev.weir.config.setting.TimeoutSettings;
import dev.weir.proxy.insight.InsightRules;
import java.time.Duration;

/**
 * What the configuration says about one client, by its database and its login name. Immutable; taken at login, and anew after
 * a reload.
 *
 * @param mode {@code pool_mode}
 * @param followsState whether {@code session_state} and the mode want its session to follow it
 * @param keepsComments whether {@code statement_comments} wants them to be part of a named statement
 * @param pin {@code pin}
 * @param pinnedPercentMax {@code max_pinned_percent}; 0 for no limit
 * @param queryWaitTimeout {@code query_wait_timeout}; zero for none, as all that follow
 * @param queryWaitNotify {@code query_wait_notify}
 * @param queryTimeout {@code query_timeout}
 * @param transactionTimeout {@code transaction_timeout}
 * @param idleTransactionTimeout {@code idle_transaction_timeout}
 * @param idleTimeout {@code client_idle_timeout}
 * @param fastClose {@code server_fast_close}
 * @param simpleQueryDisallowed {@code disable_pqexec}
 * @param messageBytesMax {@code max_packet_size}
 * @param insight what is kept of its queries
 */
record ClientProfile(
        PoolMode mode,
        boolean followsState,
        boolean keepsComments,
        PinMode pin,
        int pinnedPercentMax,
        Duration queryWaitTimeout,
        Duration queryWaitNotify,
        Duration queryTimeout,
        Duration transactionTimeout,
        Duration idleTransactionTimeout,
        Duration idleTimeout,
        boolean fastClose,
        boolean simpleQueryDisallowed,
        long messageBytesMax,
        InsightRules insight) {

    static ClientProfile of(WeirConfig config, DatabaseConfig database, String user) {
        PoolMode mode = config.poolMode(database, user);
        return new ClientProfile(
                mode,
                mode != PoolMode.SESSION && config.sessionState(database, user) == SessionState.FOLLOW,
                config.statementComments(database, user) == StatementComments.KEEP,
                config.pinMode(database, user),
                config.maxPinnedPercent(database),
                config.queryWaitTimeout(database, user),
                config.get(TimeoutSettings.QUERY_WAIT_NOTIFY),
                config.queryTimeout(user),
                config.transactionTimeout(user),
                config.idleTransactionTimeout(user),
                config.clientIdleTimeout(user),
                config.get(ServerSettings.SERVER_FAST_CLOSE),
                config.get(GeneralSettings.DISABLE_PQEXEC),
                config.get(GeneralSettings.MAX_PACKET_SIZE).bytes(),
                InsightRules.of(config, database));
    }
}
