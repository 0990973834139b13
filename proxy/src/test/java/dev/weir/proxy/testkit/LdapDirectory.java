package dev.weir.proxy.testkit;

import com.unboundid.ldap.listener.InMemoryDirectoryServer;
import com.unboundid.ldap.listener.InMemoryDirectoryServerConfig;
import com.unboundid.ldap.listener.InMemoryListenerConfig;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.util.ssl.KeyStoreKeyManager;
import com.unboundid.util.ssl.SSLUtil;
import com.unboundid.util.ssl.TrustAllTrustManager;
import io.netty.pkitesting.X509Bundle;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;

/// An LDAP server in this JVM, in plain with StartTLS and under TLS, with a few people below `dc=example,dc=org`.
public final class LdapDirectory implements AutoCloseable {
    /// As whom to search.
    public static final String SEARCHER = "cn=searcher,dc=example,dc=org";

    private static final String BASE = "dc=example,dc=org";
    private static final char[] STORE_PASSWORD = "store".toCharArray();

    private final Path files = Scratch.directory("ldap");
    private final InMemoryDirectoryServer server;
    private final Path authority;

    private LdapDirectory() throws Exception {
        X509Bundle issuer = Certificates.authority("LDAP authority");
        X509Bundle certificate = Certificates.issued(Certificates.server(), issuer);
        authority = Certificates.writeAuthority(files, "authority", issuer);
        SSLContext context = context(certificate);
        InMemoryDirectoryServerConfig config = new InMemoryDirectoryServerConfig(BASE);
        config.setSchema(null);
        config.addAdditionalBindCredentials(SEARCHER, "search-secret");
        config.setListenerConfigs(
                InMemoryListenerConfig.createLDAPConfig("plain", null, 0, context.getSocketFactory()),
                InMemoryListenerConfig.createLDAPSConfig(
                        "tls", null, 0, context.getServerSocketFactory(), context.getSocketFactory()));
        server = new InMemoryDirectoryServer(config);
        server.add("dn: " + BASE, "objectClass: domain", "dc: example");
        server.add("dn: ou=people," + BASE, "objectClass: organizationalUnit", "ou: people");
        server.startListening();
    }

    /// A server that runs.
    public static LdapDirectory start() {
        try {
            return new LdapDirectory();
        } catch (Exception e) {
            throw new AssertionError("the LDAP server does not start", e);
        }
    }

    private SSLContext context(X509Bundle certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "server", certificate.getKeyPair().getPrivate(), STORE_PASSWORD, certificate.getCertificatePath());
        Path file = files.resolve("server.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, STORE_PASSWORD);
        }
        return new SSLUtil(
                        new KeyStoreKeyManager(file.toFile(), STORE_PASSWORD, "PKCS12", "server"),
                        new TrustAllTrustManager())
                .createSSLContext();
    }

    /// One more person below `ou=people`.
    ///
    /// @param rdn such as `cn=Joe Doe`, escaped if need be
    public LdapDirectory person(String rdn, String uid, String password) {
        try {
            String name = rdn + ",ou=people," + BASE;
            server.add(
                    "dn: " + name,
                    "objectClass: inetOrgPerson",
                    "uid: " + uid,
                    "sn: " + uid,
                    "userPassword: " + password);
            return this;
        } catch (LDAPException | com.unboundid.ldif.LDIFException e) {
            throw new AssertionError(e);
        }
    }

    /// The port without TLS.
    public int port() {
        return server.getListenPort("plain");
    }

    /// The port under TLS.
    public int tlsPort() {
        return server.getListenPort("tls");
    }

    /// The file with the certificate of who has signed the server's.
    public Path authority() {
        return authority;
    }

    @Override
    public void close() {
        server.shutDown(true);
        Scratch.delete(files);
    }
}
