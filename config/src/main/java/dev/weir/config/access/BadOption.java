package dev.weir.config.access;

/// Options that make no sense. Carries no stack trace: it is the operator's mistake. Never quotes a password.
public final class BadOption extends Exception {
    private static final long serialVersionUID = 1L;

    BadOption(String message) {
        super(message, null, false, false);
    }

    /// What is wrong.
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
