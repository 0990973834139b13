package dev.weir.proxy.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// Appends to a file. A file that cannot be opened or written is complained about once, then tried again with later
/// lines, and its coming back is told as well.
final class FileTarget implements LogTarget {

    private static final Duration PAUSE_BETWEEN_OPENS = Duration.ofSeconds(5);

    private final Path file;
    private final LogTarget complaints;
    private @Nullable OutputStream out;
    private boolean failing;
    private Instant nextOpen = Instant.MIN;

    /// @param complaints where it is told that this file cannot be written
    FileTarget(Path file, LogTarget complaints) {
        this.file = file;
        this.complaints = complaints;
    }

    @Override
    public void write(LogLine line) {
        try {
            OutputStream open = open(line.instant());
            if (open == null) {
                return;
            }
            open.write(line.laidOut(ZoneId.systemDefault()));
            if (failing) {
                failing = false;
                complain(line, Severity.LOG, "logfile %s can be written again".formatted(file));
            }
        } catch (IOException e) {
            if (!failing) {
                failing = true;
                complain(line, Severity.WARNING, "logfile %s cannot be written: %s".formatted(file, reason(e)));
            }
        }
    }

    private @Nullable OutputStream open(Instant now) throws IOException {
        if (out == null && !now.isBefore(nextOpen)) {
            nextOpen = now.plus(PAUSE_BETWEEN_OPENS);
            out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        return out;
    }

    private void complain(LogLine occasion, Severity severity, String text) {
        complaints.write(new LogLine(occasion.instant(), severity, text));
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "no such directory" : String.valueOf(e.getMessage());
    }

    @Override
    public void close() {
        if (out != null) {
            try {
                out.close();
            } catch (IOException _) {
                // Every line was written as it came; closing has nothing to add.
            }
            out = null;
        }
    }
}
