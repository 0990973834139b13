package dev.weir.proxy.conformance;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a check demands.
final class Expect {

    private Expect() {}

    /// Fails a check whose observation is not the expected one.
    ///
    /// @param what names the observation in the report
    static void equal(String what, @Nullable Object expected, @Nullable Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new CheckFailed("%s: expected %s, got %s".formatted(what, expected, actual));
        }
    }

    /// Fails a check for which something does not hold.
    static void that(String what, boolean holds) {
        if (!holds) {
            throw new CheckFailed("not so: " + what);
        }
    }
}
