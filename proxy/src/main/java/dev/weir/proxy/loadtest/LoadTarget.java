package dev.weir.proxy.loadtest;

import dev.weir.proxy.net.ConnectionUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A server or pooler under test, and as whom. Thread-safe.
public final class LoadTarget {

    /// libpq's names for what the driver calls otherwise.
    private static final Map<String, String> DRIVER_NAMES =
            Map.of("application_name", "ApplicationName", "connect_timeout", "connectTimeout");

    /// Held, because loggers that nobody holds forget their level: what the driver has to say is in the report.
    private static final Logger DRIVER_LOG = Logger.getLogger("org.postgresql");

    static {
        DRIVER_LOG.setLevel(Level.OFF);
    }

    private final ConnectionUrl url;

    private LoadTarget(ConnectionUrl url) {
        this.url = url;
    }

    /// Reads a connection URL, with libpq's names of options (`sslmode`, `sslrootcert` …) or the driver's.
    ///
    /// @throws IllegalArgumentException if it cannot be understood, or names a Unix socket, which the driver does
    ///     not speak
    public static LoadTarget of(String url) {
        ConnectionUrl read = ConnectionUrl.of(url);
        if (read.isUnix()) {
            throw new IllegalArgumentException("a Unix socket cannot be tested: give a host and a port");
        }
        return new LoadTarget(read);
    }

    /// What it is called in reports; without the password.
    public String label() {
        return url.toString();
    }

    /// A new session. Blocks.
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "weir loadtest");
        properties.setProperty("loginTimeout", "60");
        url.options().forEach((name, value) -> properties.setProperty(DRIVER_NAMES.getOrDefault(name, name), value));
        properties.setProperty("user", url.user());
        properties.setProperty("password", url.password());
        String database = URLEncoder.encode(url.database(), StandardCharsets.UTF_8);
        return DriverManager.getConnection("jdbc:postgresql://" + url.place() + "/" + database, properties);
    }
}
