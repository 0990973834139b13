package dev.weir.proxy.auth.ldap;

import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.ExtendedResult;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResult;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import dev.weir.config.access.LdapOptions;
import dev.weir.proxy.auth.PasswordService.Claim;
import dev.weir.proxy.auth.PasswordService.Verdict;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One question to LDAP servers whether a password is right: a simple bind, as a name made of the user's or as one that
/// a search has found (RFC 4513, section 5.1). Blocks.
final class LdapCheck {
    private static final Logger LOGGER = LoggerFactory.getLogger(LdapCheck.class);

    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final int PORT = 389;
    private static final int PORT_TLS = 636;

    /// What a server answers whom it knows to be somebody else; everything else is its own trouble.
    private static final Set<ResultCode> WRONG = Set.of(
            ResultCode.INVALID_CREDENTIALS,
            ResultCode.NO_SUCH_OBJECT,
            ResultCode.INVALID_DN_SYNTAX,
            ResultCode.INAPPROPRIATE_AUTHENTICATION,
            ResultCode.CONSTRAINT_VIOLATION,
            ResultCode.INSUFFICIENT_ACCESS_RIGHTS,
            ResultCode.UNWILLING_TO_PERFORM);

    private final LdapOptions options;
    private final String caFile;

    LdapCheck(LdapOptions options, String caFile) {
        this.options = options;
        this.caFile = caFile;
    }

    /// Asks one server after the other until one can be reached.
    Verdict check(Claim claim) {
        for (String server : options.servers()) {
            try (LDAPConnection connection = connect(server)) {
                return check(connection, claim);
            } catch (LDAPException e) {
                LOGGER.warn("LDAP server {}: {}", server, text(e));
                if (!isUnreachable(e)) {
                    return Verdict.UNAVAILABLE;
                }
            } catch (GeneralSecurityException e) {
                LOGGER.error("auth_ldap_ca_file: {}", e.getMessage());
                return Verdict.UNAVAILABLE;
            }
        }
        return Verdict.UNAVAILABLE;
    }

    private LDAPConnection connect(String server) throws LDAPException, GeneralSecurityException {
        LDAPConnectionOptions settings = new LDAPConnectionOptions();
        settings.setConnectTimeoutMillis(CONNECT_MILLIS);
        settings.setResponseTimeoutMillis(ANSWER_MILLIS);
        settings.setFollowReferrals(false);
        settings.setUseSynchronousMode(true);
        settings.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        boolean tls = options.tlsFromStart();
        int port = options.port() != 0 ? options.port() : tls ? PORT_TLS : PORT;
        if (tls) {
            return new LDAPConnection(
                    LdapTrust.context(caFile).getSocketFactory(), settings, unbracketed(server), port);
        }
        LDAPConnection connection = new LDAPConnection(settings, unbracketed(server), port);
        if (options.startTls()) {
            startTls(connection);
        }
        return connection;
    }

    private void startTls(LDAPConnection connection) throws LDAPException, GeneralSecurityException {
        try {
            ExtendedResult result =
                    connection.processExtendedOperation(new StartTLSExtendedRequest(LdapTrust.context(caFile)));
            if (!result.getResultCode().equals(ResultCode.SUCCESS)) {
                throw new LDAPException(result);
            }
        } catch (LDAPException | GeneralSecurityException e) {
            connection.close();
            throw e;
        }
    }

    private static String unbracketed(String server) {
        return server.startsWith("[") && server.endsWith("]") ? server.substring(1, server.length() - 1) : server;
    }

    private Verdict check(LDAPConnection connection, Claim claim) throws LDAPException {
        String name = options.searches() ? found(connection, claim.user()) : LdapNames.bindName(options, claim.user());
        if (name == null) {
            return Verdict.WRONG;
        }
        try {
            connection.bind(new SimpleBindRequest(name, claim.password()));
            return Verdict.RIGHT;
        } catch (LDAPException e) {
            if (!WRONG.contains(e.getResultCode())) {
                throw e;
            }
            LOGGER.info("LDAP bind of user {} refused: {}", claim, e.getResultCode());
            return Verdict.WRONG;
        }
    }

    /// The one entry of this user, or null.
    private @Nullable String found(LDAPConnection connection, String user) throws LDAPException {
        if (!options.bindDn().isEmpty()) {
            connection.bind(options.bindDn(), options.bindPassword().reveal());
        }
        SearchScope scope = switch (options.scope()) {
            case BASE -> SearchScope.BASE;
            case ONE_LEVEL -> SearchScope.ONE;
            case SUBTREE -> SearchScope.SUB;
        };
        // Two are enough to know that it is not one.
        SearchRequest request = new SearchRequest(
                options.baseDn(),
                scope,
                DereferencePolicy.NEVER,
                2,
                ANSWER_MILLIS / 1_000,
                false,
                LdapNames.filter(options, user),
                SearchRequest.NO_ATTRIBUTES);
        List<SearchResultEntry> entries = search(connection, request);
        if (entries.size() == 1) {
            return entries.getFirst().getDN();
        }
        LOGGER.info("LDAP search for user {} found {} entries", user, entries.isEmpty() ? "no" : "several");
        return null;
    }

    private static List<SearchResultEntry> search(LDAPConnection connection, SearchRequest request)
            throws LDAPException {
        try {
            return entries(connection.search(request));
        } catch (LDAPSearchException e) {
            if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                return entries(e.getSearchResult());
            }
            throw e;
        }
    }

    private static List<SearchResultEntry> entries(SearchResult result) {
        List<SearchResultEntry> entries = result.getSearchEntries();
        return entries == null ? List.of() : entries;
    }

    private static boolean isUnreachable(LDAPException e) {
        return !e.getResultCode().isConnectionUsable();
    }

    /// Never what was sent: servers do not repeat passwords, and neither does this.
    private static String text(LDAPException e) {
        String diagnostic = e.getDiagnosticMessage();
        String detail = diagnostic == null || diagnostic.isEmpty() ? e.getMessage() : diagnostic;
        return e.getResultCode() + ": " + detail;
    }
}
