package dev.weir.proxy.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// The programs of PostgreSQL, unpacked once per test JVM into a directory that goes away with it. Thread-safe.
final class PostgresBinaries {
    private static final int ANY_EXECUTE_BIT = 0x49;
    private static final Map<Integer, Path> UNPACKED = new ConcurrentHashMap<>();

    private PostgresBinaries() {}

    /// The directory that holds `bin/postgres` of a major version: 18 comes from the class path, 15 from the jar that
    /// the
    /// build puts beside it.
    static Path of(int majorVersion) {
        return UNPACKED.computeIfAbsent(majorVersion, PostgresBinaries::unpack);
    }

    private static Path unpack(int majorVersion) {
        String archive = "postgres-" + platform() + ".txz";
        try (InputStream packed = open(majorVersion, archive)) {
            Path target = Scratch.directory("postgres-" + majorVersion);
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed)))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    write(tar, entry, target);
                }
            }
            return target;
        } catch (IOException e) {
            throw new IllegalStateException("cannot unpack PostgreSQL " + majorVersion, e);
        }
    }

    private static InputStream open(int majorVersion, String archive) throws IOException {
        if (majorVersion == 18) {
            InputStream packed = PostgresBinaries.class.getClassLoader().getResourceAsStream(archive);
            if (packed == null) {
                throw new IOException(archive + " is not on the class path");
            }
            return packed;
        }
        String jar = System.getProperty("weir.postgres" + majorVersion);
        if (jar == null) {
            throw new IOException("the system property weir.postgres" + majorVersion + " must name a jar");
        }
        return URI.create("jar:" + Path.of(jar).toUri() + "!/" + archive)
                .toURL()
                .openStream();
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path file = target.resolve(entry.getName()).normalize();
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, file);
            boolean program = (entry.getMode() & ANY_EXECUTE_BIT) != 0;
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    private static String platform() {
        String machine = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        return system + "-" + machine;
    }
}
