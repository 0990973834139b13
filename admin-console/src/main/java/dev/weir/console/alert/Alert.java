package dev.weir.console.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One alert as it is now, or was when it was cleared. Immutable.
///
/// @param key which
/// @param state what has become of it
/// @param summary what is wrong, as of the last time that the threshold was reached
/// @param value what was measured then
/// @param threshold from where on that is too much
/// @param since since when the threshold was reached
/// @param raisedAt when it was raised; `null` while it is pending
/// @param clearedAt when it was cleared; `null` until then
public record Alert(
        AlertKey key,
        AlertState state,
        String summary,
        double value,
        double threshold,
        Instant since,
        @Nullable Instant raisedAt,
        @Nullable Instant clearedAt) {}
