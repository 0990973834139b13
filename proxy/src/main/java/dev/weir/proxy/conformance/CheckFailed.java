package dev.weir.proxy.conformance;

import org.jspecify.annotations.Nullable;

/// What a check saw is not what PostgreSQL alone would have shown; the message says what, for the report.
class CheckFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CheckFailed(String message) {
        super(message);
    }

    CheckFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
