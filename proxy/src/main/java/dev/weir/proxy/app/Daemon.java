package dev.weir.proxy.app;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The background half of `-d`. The launcher starts this process with its standard output as a pipe that it reads: the
/// word [#UP] there means that the pooler serves; the end of the pipe without it means that it did not start.
public final class Daemon {

    /// What tells the launcher that all is well.
    public static final String UP = "up";

    private Daemon() {}

    /// Leaves the terminal of the one who started us. To be called first, before any other thread does I/O.
    public static void detach() {
        Posix.startSession();
    }

    /// Says that the pooler serves and lets go of the three standard streams: from now on they lead nowhere.
    public static void announce() throws IOException {
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write((UP + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        // The JDK puts the null device behind a standard descriptor that is closed.
        new FileInputStream(FileDescriptor.in).close();
        new FileOutputStream(FileDescriptor.err).close();
    }
}
