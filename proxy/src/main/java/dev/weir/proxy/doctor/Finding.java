package dev.weir.proxy.doctor;

import org.jspecify.annotations.Nullable;

/// One thing that was looked at.
///
/// @param check what was looked for, a word such as `login`
/// @param subject where: a server, a pool, a file; holds no secret
/// @param message what is there
/// @param advice what to write or do instead, null where all is well
public record Finding(
        Level level,
        String check,
        String subject,
        String message,
        @Nullable String advice) {

    /// One line.
    @Override
    public String toString() {
        String line = "%-4s  %-10s  %s: %s".formatted(level, check, subject, message);
        return advice == null ? line : line + " -> " + advice;
    }
}
