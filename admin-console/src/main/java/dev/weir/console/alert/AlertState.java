package dev.weir.console.alert;

import java.util.Locale;

/// What becomes of an alert.
public enum AlertState {
    /// The threshold has been reached, not yet for long enough.
    PENDING,
    /// It has been raised.
    ACTIVE,
    /// It was raised, and is over.
    CLEARED;

    /// In small letters.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
