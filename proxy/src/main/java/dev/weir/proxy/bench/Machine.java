package dev.weir.proxy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// Where the figures come from.
///
/// @param processors how many there are, and which
/// @param memoryMegabytes how much there is
/// @param system operating system and version
/// @param java the JVM
record Machine(String processors, long memoryMegabytes, String system, String java) {

    private static final long KB_PER_MB = 1024;

    static Machine here() {
        return new Machine(
                Runtime.getRuntime().availableProcessors() + " x "
                        + value("/proc/cpuinfo", "model name", System.getProperty("os.arch")),
                Long.parseLong(value("/proc/meminfo", "MemTotal", "0").replaceAll("[^0-9]", "")) / KB_PER_MB,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                Runtime.version().toString());
    }

    private static String value(String file, String name, String otherwise) {
        try {
            List<String> lines = Files.readAllLines(Path.of(file));
            return lines.stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException _) {
            return otherwise;
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %,d MB, %s, Java %s", processors, memoryMegabytes, system, java);
    }
}
