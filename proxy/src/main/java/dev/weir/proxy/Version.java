package dev.weir.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.ssl.OpenSsl;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// Which Weir this is, and what it runs on.
public final class Version {

    private static final String NUMBER = readNumber();

    private Version() {}

    /// The version number, as in the POM.
    public static String number() {
        return NUMBER;
    }

    /// Name and number: what `SHOW VERSION` and `--version` begin with.
    public static String nameAndNumber() {
        return "Weir " + NUMBER;
    }

    /// The Java runtime, with its version and vendor.
    public static String java() {
        return "%s (%s)".formatted(Runtime.version(), System.getProperty("java.vm.vendor"));
    }

    /// Netty's version.
    public static String netty() {
        // From the manifest: Netty's own Version class opens every jar.
        String version = ByteBuf.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    /// The library that does TLS; loads it, which takes a while.
    public static String tls() {
        return OpenSsl.isAvailable()
                ? OpenSsl.versionString()
                : "JDK " + Runtime.version().feature();
    }

    private static String readNumber() {
        try (InputStream in = Version.class.getResourceAsStream("build.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            throw new IllegalStateException("build.properties cannot be read", e);
        }
    }
}
