package dev.weir.config.setting;

/// A value that its setting does not allow. Carries no stack trace: it is the operator's mistake, not ours.
public final class InvalidValue extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message what is wrong, without repeating the value
    public InvalidValue(String message) {
        super(message, null, false, false);
    }

    /// What is wrong, without the value itself.
    public String reason() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
