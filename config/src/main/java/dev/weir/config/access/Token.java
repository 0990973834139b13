package dev.weir.config.access;

/// One word of a file of rules. Immutable.
///
/// @param text without the quotes
/// @param quoted whether it began with a quote, so that keywords lose their meaning
public record Token(String text, boolean quoted) {
    /// Whether it is this keyword.
    public boolean is(String keyword) {
        return !quoted && text.equals(keyword);
    }

    /// Whether it stands for the content of a file.
    public boolean isFile() {
        return !quoted && text.length() > 1 && text.startsWith("@");
    }
}
