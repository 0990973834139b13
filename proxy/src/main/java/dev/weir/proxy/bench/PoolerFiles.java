package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// The files that a pooler is configured by, all of a directory. They are the account's alone, for they hold passwords.
///
/// @param directory where they are
/// @param account whose they become where this is root, who alone can give files away
/// @param postgres the server behind it
record PoolerFiles(Path directory, String account, Endpoint postgres) {

    private static final String CLIENTS_MAX = "12000";

    /// Writes the configuration.
    ///
    /// @param name of the file
    /// @param settings more lines of the section `[pgbouncer]`
    /// @return the file
    Path write(String name, Setup setup, int port, TlsFiles tls, List<String> settings) throws IOException {
        Path users = give(
                directory.resolve(name + ".users"),
                "%s %s%n".formatted(quoted(postgres.user()), quoted(postgres.password())));
        return give(directory.resolve(name + ".ini"), """
            [databases]
            %s
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = %s
            auth_file = %s
            pool_mode = transaction
            max_client_conn = %s
            listen_backlog = 4096
            client_tls_sslmode = allow
            client_tls_cert_file = %s
            client_tls_key_file = %s
            server_tls_sslmode = %s
            log_connections = 0
            log_disconnections = 0
            %s
            """.formatted(
                        databases(),
                        port,
                        setup.authType(),
                        users,
                        CLIENTS_MAX,
                        tls.certificate(),
                        tls.key(),
                        setup.serverTls(),
                        String.join("\n", settings)));
    }

    private String databases() {
        return database(Databases.USUAL, Databases.USUAL_SERVERS)
                + database(Databases.NARROW, Databases.NARROW_SERVERS)
                + database(Databases.WIDE, Databases.WIDE_SERVERS);
    }

    private String database(String name, int servers) {
        return "%s = host=%s port=%d dbname='%s' pool_size=%d%n"
                .formatted(
                        name,
                        postgres.host(),
                        postgres.port(),
                        postgres.database().replace("'", "''"),
                        servers);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }

    /// Writes a file that the account alone may read.
    Path give(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
        if (System.getProperty("user.name").equals("root")) {
            Files.setOwner(
                    file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(account));
        }
        return file;
    }
}
