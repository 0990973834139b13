package dev.weir.console.advice;

import org.jspecify.annotations.Nullable;

/// One piece of advice. Numbers are there for pools only.
///
/// @param kind whether it is about a pool, a server or timeouts
/// @param database which; empty if it is about none
/// @param user whose pool, or the user whose settings they are; empty if it is about none
/// @param sizing the numbers that it follows from, null if it is about no pool
/// @param finding what is so, in a sentence with numbers
/// @param instead what to write instead; null where all is well
public record AdviceRow(
        Kind kind,
        String database,
        String user,
        @Nullable Sizing sizing,
        String finding,
        @Nullable String instead) {

    /// What it is about.
    public enum Kind {
        /// The size of a pool.
        POOL,
        /// What the pools of a server need together.
        SERVER,
        /// Timeouts that do not go together.
        TIMEOUTS
    }
}
