package dev.weir.proxy.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/// Where the PostgreSQL of tests comes from.
enum PostgresOrigin {
    /// Containers of the official image.
    DOCKER,
    /// The embedded programs.
    EMBEDDED;

    /// The system property that forces one of them, `docker` or `embedded`.
    static final String PROPERTY = "weir.test.postgres";

    private static final List<String> CHATTERING = List.of("org.testcontainers", "com.github.dockerjava", "tc");

    /// Asked once per JVM, by the first test that needs a server.
    private static final class Chosen {
        static final PostgresOrigin ORIGIN = choose(System.getProperty(PROPERTY, ""), PostgresOrigin::dockerServesHere);

        private Chosen() {}
    }

    /// The choice of this JVM.
    static PostgresOrigin chosen() {
        return Chosen.ORIGIN;
    }

    /// @param forced what the system property says, empty for the usual choice: Docker when it answers
    static PostgresOrigin choose(String forced, BooleanSupplier dockerAnswers) {
        if (!forced.isEmpty()) {
            return valueOf(forced.toUpperCase(Locale.ROOT));
        }
        return dockerAnswers.getAsBoolean() ? DOCKER : EMBEDDED;
    }

    /// Whether Docker answers and publishes ports on this machine, where tests and their fault injection look for them.
    static boolean dockerServesHere() {
        beQuiet();
        DockerClientFactory docker = DockerClientFactory.instance();
        return docker.isDockerAvailable() && isLoopback(docker.dockerHostIpAddress());
    }

    /// Keeps Testcontainers from telling at length which ways to Docker it has tried in vain.
    static void beQuiet() {
        for (String name : CHATTERING) {
            if (LoggerFactory.getLogger(name) instanceof Logger logger) {
                logger.setLevel(Level.OFF);
            }
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
