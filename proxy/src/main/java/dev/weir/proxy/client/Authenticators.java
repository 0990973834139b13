package dev.weir.proxy.client;

import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.proxy.auth.ldap.LdapService;
import dev.weir.proxy.auth.pam.PamService;
import dev.weir.proxy.authquery.AuthQueries;
import dev.weir.proxy.pool.PoolRegistry;
import java.util.function.Supplier;

/**
 * Who else knows about users, and what has been learned of them. Thread-safe.
 *
 * @param learned what logins have brought to light
 * @param queries {@code auth_query}
 * @param ldap LDAP servers
 * @param pam the operating system
 */
public record Authenticators(LearnedSecrets learned, AuthQueries queries, LdapService ldap, PamService pam) {

    /** Those of a running pooler. */
    public static Authenticators create(LearnedSecrets learned, PoolRegistry pools, Supplier<WeirConfig> config) {
        return new Authenticators(
                learned,
                new AuthQueries(pools::askersPool, () -> config.get().get(AuthSettings.AUTH_QUERY_CACHE)),
                new LdapService(),
                new PamService());
    }

    /** Ends their threads. */
    public void close() {
        ldap.close();
        pam.close();
    }
}
