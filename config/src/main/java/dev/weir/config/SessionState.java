package dev.weir.config;

import java.util.Locale;

/// What becomes of settings and other session state that a client leaves in a server connection.
public enum SessionState implements Choice {
    /// It follows the client, or the client keeps the connection.
    FOLLOW,
    /// It stays where it is, as with PgBouncer; whoever gets the connection next may see it.
    IGNORE;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
