package dev.weir.proxy.doctor;

import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.tls.HostName;
import dev.weir.proxy.tls.TlsSession;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/// How well the connection to a server is protected. Used once for each address.
final class TlsCheck {

    private static final Duration SOON = Duration.ofDays(30);

    private static final String VERIFY =
            "server_tls_sslmode = \"verify-full\" and server_tls_ca_file = the authority's certificate";

    private final WeirConfig config;
    private final Diagnosis diagnosis;

    TlsCheck(WeirConfig config, Diagnosis diagnosis) {
        this.config = config;
        this.diagnosis = diagnosis;
    }

    /// @param offered whether the server would encrypt, if it does not
    void examine(String subject, ServerAddress.Tcp server, Probe probe, boolean offered) {
        TlsSession session = probe.tls();
        if (session == null) {
            plain(subject, NetworkCheck.isRemote(server), offered);
            return;
        }
        diagnosis.ok("tls", subject, session.toString());
        X509Certificate certificate = probe.certificate();
        if (certificate != null) {
            validity(subject, certificate, Instant.now());
            name(subject, server.host(), certificate);
        }
        if (!config.tls().servers().verifies() && NetworkCheck.isRemote(server)) {
            diagnosis.warn("tls", subject, "whoever answers at that address is believed to be the server", VERIFY);
        }
    }

    private void plain(String subject, boolean remote, boolean offered) {
        if (!remote) {
            diagnosis.ok("tls", subject, "not encrypted, and does not leave this machine");
        } else if (offered) {
            diagnosis.warn(
                    "tls",
                    subject,
                    "not encrypted, though the server offers TLS",
                    "server_tls_sslmode = \"require\"; better " + VERIFY);
        } else {
            diagnosis.warn(
                    "tls",
                    subject,
                    "not encrypted: the server has no TLS",
                    "ssl = on in postgresql.conf, then server_tls_sslmode = \"require\"");
        }
    }

    private void validity(String subject, X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        String name = certificate.getSubjectX500Principal().getName();
        if (end.isBefore(now)) {
            diagnosis.warn(
                    "tls", subject, "the certificate of " + name + " has expired on " + end, "a new certificate there");
        } else if (end.isBefore(now.plus(SOON))) {
            diagnosis.warn(
                    "tls",
                    subject,
                    "the certificate of " + name + " expires on " + end,
                    "a new certificate there, soon");
        } else {
            diagnosis.ok("tls", subject, "the certificate of " + name + " is valid until " + end);
        }
    }

    private void name(String subject, String host, X509Certificate certificate) {
        try {
            HostName.check(certificate, host);
        } catch (CertificateException e) {
            diagnosis.warn(
                    "tls",
                    subject,
                    String.valueOf(e.getMessage()),
                    "a host that the certificate names; verify-full would refuse this one");
        }
    }

    /// What helps against a negotiation that has failed for this reason.
    static String advice(String reason) {
        if (reason.startsWith("no answer")) {
            return "the host and port of a PostgreSQL that is awake";
        }
        if (reason.contains("refused SSL")) {
            return "ssl = on in postgresql.conf, or server_tls_sslmode = \"prefer\"";
        }
        if (reason.contains("does not match host name")) {
            return "a host that the certificate names, or server_tls_sslmode = \"verify-ca\"";
        }
        if (reason.contains("expired")) {
            return "a new certificate for PostgreSQL (ssl_cert_file, then pg_reload_conf())";
        }
        return "server_tls_ca_file = the certificate of the authority that has signed the server's,"
                + " and server_tls_protocols that both sides have";
    }
}
