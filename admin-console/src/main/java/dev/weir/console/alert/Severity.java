package dev.weir.console.alert;

import java.util.Locale;

/// How soon somebody should look.
public enum Severity {
    /// Today.
    WARNING,
    /// Now.
    CRITICAL;

    /// In small letters.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
