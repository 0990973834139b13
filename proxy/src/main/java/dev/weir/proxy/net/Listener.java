package dev.weir.proxy.net;

/** What a listening socket is for. */
public final class Listener {

    private Listener() {}

    /** Who is expected to connect. */
    public enum Kind {
        /** Clients of databases; the console as a virtual database among them. */
        CLIENTS,
        /** Operators. */
        CONSOLE
    }
}
