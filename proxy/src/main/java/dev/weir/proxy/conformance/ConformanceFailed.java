package dev.weir.proxy.conformance;

import org.jspecify.annotations.Nullable;

/// The checks cannot be run at all; the message says why in words for the user.
public final class ConformanceFailed extends Exception {

    private static final long serialVersionUID = 1L;

    ConformanceFailed(String message) {
        super(message);
    }

    ConformanceFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
