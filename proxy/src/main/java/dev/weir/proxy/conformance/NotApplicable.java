package dev.weir.proxy.conformance;

/// A check cannot be made at this target, whoever serves it; the message says why.
final class NotApplicable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotApplicable(String message) {
        super(message);
    }
}
