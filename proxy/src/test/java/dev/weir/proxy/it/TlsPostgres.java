package dev.weir.proxy.it;

import dev.weir.proxy.testkit.Certificates;
import dev.weir.proxy.testkit.Certificates.PemFiles;
import dev.weir.proxy.testkit.LocalPostgres;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/// A PostgreSQL with TLS, for `localhost` and `127.0.0.1`, which some users must show certificates to and others must
/// use
/// TLS with.
final class TlsPostgres implements AutoCloseable {
    final X509Bundle authority = Certificates.authority("PostgreSQL's authority");
    final Path directory = Certificates.directory();
    final Path authorityFile = Certificates.writeAuthority(directory, "root", authority);
    final X509Bundle certificate = Certificates.issued(Certificates.server(), authority);
    final LocalPostgres postgres;
    private final PemFiles files = Certificates.write(directory, "postgres", certificate);

    TlsPostgres() {
        Path rules = directory.resolve("hba.conf");
        try {
            Files.setPosixFilePermissions(files.key(), PosixFilePermissions.fromString("rw-------"));
            Files.write(
                    rules,
                    List.of(
                            "local all all trust",
                            "hostssl all other 127.0.0.1/32 scram-sha-256 clientcert=verify-full",
                            "hostnossl all plain_user 127.0.0.1/32 password",
                            "hostssl all all 127.0.0.1/32 scram-sha-256"));
            LocalPostgres.readableForServers(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ssl", "on");
        settings.put("ssl_cert_file", "'" + files.chain() + "'");
        settings.put("ssl_key_file", "'" + files.key() + "'");
        settings.put("ssl_ca_file", "'" + authorityFile + "'");
        settings.put("hba_file", "'" + rules + "'");
        postgres = TestPostgres.start(18, settings);
    }

    /// Shows new connections another certificate.
    void show(X509Bundle other) {
        files.overwrite(other);
        try (RawClient superuser = postgres.superuser("postgres")) {
            superuser.run("SELECT pg_reload_conf()");
            // the reload has happened when a new session sees what was set last
            Awaitility.await("reload").until(() -> {
                try (RawClient next = postgres.superuser("postgres")) {
                    return next.value("SELECT pg_conf_load_time() > now() - interval '5 seconds'")
                            .equals("t");
                }
            });
        }
    }

    @Override
    public void close() {
        postgres.close();
    }
}
