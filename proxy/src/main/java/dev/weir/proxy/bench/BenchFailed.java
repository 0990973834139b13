package dev.weir.proxy.bench;

/// Something cannot be measured here; the message says why in words for the user.
public final class BenchFailed extends Exception {

    private static final long serialVersionUID = 1L;

    BenchFailed(String message) {
        super(message);
    }

    BenchFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
