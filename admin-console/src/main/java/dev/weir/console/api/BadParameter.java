package dev.weir.console.api;

/// A request has a parameter that it must not have, or not so. Carries no stack trace: the fault is not in the program.
public final class BadParameter extends RuntimeException {

    BadParameter(String message) {
        super(message, null, false, false);
    }

    /// What was wrong, in a sentence that repeats nothing of what was given.
    public static BadParameter of(String message) {
        return new BadParameter(message);
    }
}
