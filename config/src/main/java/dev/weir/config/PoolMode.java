package dev.weir.config;

import java.util.Locale;

/** When a server connection goes back to its pool. */
public enum PoolMode implements Choice {
    SESSION,
    TRANSACTION,
    STATEMENT;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
