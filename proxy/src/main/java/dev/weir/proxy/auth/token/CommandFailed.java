package dev.weir.proxy.auth.token;

/// A command that gave no password. Carries no stack trace: nothing is wrong with us.
final class CommandFailed extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailed(String message) {
        super(message, null, false, false);
    }

    /// Why; tells no secret.
    String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
