package dev.weir.config.read;

/// A file that cannot be read as text. Carries no stack trace: it is the operator's mistake, not ours.
public final class UnreadableFile extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    UnreadableFile(String message) {
        this(message, 0);
    }

    UnreadableFile(String message, int line) {
        super(message, null, false, false);
        this.line = line;
    }

    /// Why, without the file's name.
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /// The line at fault, or 0.
    public int line() {
        return line;
    }
}
