package dev.weir.console;

import org.jspecify.annotations.Nullable;

/// Something to tell beside the answer, sent as a NoticeResponse.
///
/// @param message the text
/// @param detail more of it
public record Notice(String message, @Nullable String detail) {}
