package dev.weir.proxy.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;

/// Standard error; without time and pid of our own when journald reads it (`$JOURNAL_STREAM`, systemd.exec(5)).
final class StderrTarget implements LogTarget {

    // Not closed: it is the process's, and the JVM writes its last words there.
    private final FileOutputStream stderr = new FileOutputStream(FileDescriptor.err);
    private final boolean journal;

    StderrTarget(Map<String, String> environment) {
        journal = isJournal(environment.get("JOURNAL_STREAM"));
    }

    @Override
    public void write(LogLine line) {
        try {
            stderr.write(journal ? line.laidOutForJournal() : line.laidOut(ZoneId.systemDefault()));
        } catch (IOException _) {
            // Nobody is left to be told.
        }
    }

    @Override
    public void close() {}

    /// The variable is inherited by what a service starts, so it counts only if it names the stream that we write to.
    private static boolean isJournal(@org.jspecify.annotations.Nullable String stream) {
        if (stream == null) {
            return false;
        }
        try {
            Path own = Path.of("/proc/self/fd/2");
            return stream.equals(Files.getAttribute(own, "unix:dev") + ":" + Files.getAttribute(own, "unix:ino"));
        } catch (IOException | RuntimeException _) {
            return false;
        }
    }
}
