package dev.weir.config.tls;

/// A file of keys or certificates that cannot be used. Carries no stack trace: it is the operator's mistake.
public final class BadTlsFile extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message what is wrong, without the file's name and without anything secret
    public BadTlsFile(String message) {
        super(message, null, false, false);
    }

    /// What is wrong.
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
