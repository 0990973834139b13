package dev.weir.config;

/// An entry that has a password of its own.
///
/// @param name of the entry
public record PasswordPlace(Kind kind, String name) {
    /// The section of the entry.
    public enum Kind {
        DATABASE,
        USER
    }

    /// As in messages: `databases.app`.
    @Override
    public String toString() {
        return (kind == Kind.DATABASE ? "databases." : "users.") + name;
    }
}
