package dev.weir.proxy.demo;

/// The demo cannot run here, and the message says why in words for the user.
public final class DemoFailed extends Exception {

    private static final long serialVersionUID = 1L;

    DemoFailed(String message) {
        super(message);
    }

    DemoFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
