package dev.weir.proxy.auth.ldap;

import com.unboundid.util.ssl.JVMDefaultTrustManager;
import com.unboundid.util.ssl.PEMFileTrustManager;
import com.unboundid.util.ssl.SSLUtil;
import java.io.File;
import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// Which LDAP servers are believed under TLS.
final class LdapTrust {
    private LdapTrust() {}

    /// @param caFile PEM, read at each login; empty for what Java trusts
    static SSLContext context(String caFile) throws GeneralSecurityException {
        return new SSLUtil(trustManager(caFile)).createSSLContext();
    }

    private static TrustManager trustManager(String caFile) throws KeyStoreException {
        return caFile.isEmpty() ? JVMDefaultTrustManager.getInstance() : new PEMFileTrustManager(new File(caFile));
    }
}
