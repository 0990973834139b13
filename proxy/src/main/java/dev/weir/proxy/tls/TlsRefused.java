package dev.weir.proxy.tls;

/** What the configuration asks of TLS cannot be done here. */
public final class TlsRefused extends Exception {

    private static final long serialVersionUID = 1L;

    TlsRefused(String message) {
        super(message);
    }

    TlsRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
