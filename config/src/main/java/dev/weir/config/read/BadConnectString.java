package dev.weir.config.read;

/// A connect string that breaks the syntax. Carries no stack trace and never quotes a value.
final class BadConnectString extends Exception {
    private static final long serialVersionUID = 1L;

    BadConnectString(String message) {
        super(message, null, false, false);
    }

    String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
