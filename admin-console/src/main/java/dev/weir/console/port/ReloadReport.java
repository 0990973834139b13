package dev.weir.console.port;

import java.util.List;

/// What a reload or a `SET` did, for the operator to read.
///
/// @param notices one line each: what changed, what waits for a restart
public record ReloadReport(List<String> notices) {

    /// A report without anything to tell.
    public static final ReloadReport NOTHING = new ReloadReport(List.of());

    /// Copies the list.
    public ReloadReport {
        notices = List.copyOf(notices);
    }
}
