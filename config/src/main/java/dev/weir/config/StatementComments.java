package dev.weir.config;

import java.util.Locale;

/// What the comments around a named prepared statement count for.
public enum StatementComments implements Choice {
    /// Nothing: texts that differ in them alone are one statement, and servers get it without them.
    IGNORE,
    /// As much as all else: another comment makes another statement, and servers see and log it.
    KEEP;

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
