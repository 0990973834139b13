package dev.weir.proxy.auth.ldap;

import dev.weir.config.access.LdapOptions;
import dev.weir.proxy.auth.PasswordService;
import dev.weir.proxy.auth.PasswordWorkers;

/// Asks LDAP servers, on threads of its own. Thread-safe.
public final class LdapService {
    private static final int THREADS = 8;

    private final PasswordWorkers workers;

    /// With the usual number of threads and places in line.
    public LdapService() {
        this(THREADS, PasswordWorkers.LINE_MAX);
    }

    LdapService(int threads, int lineMax) {
        workers = new PasswordWorkers("weir-ldap", threads, lineMax);
    }

    /// Asks by these options.
    ///
    /// @param caFile the certificates by which servers are known, empty for those that Java trusts
    public PasswordService with(LdapOptions options, String caFile) {
        return (claim, answer) -> workers.ask(() -> new LdapCheck(options, caFile).check(claim), answer);
    }

    /// Ends the threads.
    public void close() {
        workers.close();
    }
}
