package dev.weir.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The content of the auth file: names and secrets. Immutable.
///
/// @param secrets by user name
public record UserList(Map<String, Secret> secrets) {
    private static final UserList EMPTY = new UserList(Map.of());

    public UserList {
        secrets = Map.copyOf(secrets);
    }

    public static UserList empty() {
        return EMPTY;
    }

    /// The user's secret, or null if the file does not name the user.
    public @Nullable Secret find(String user) {
        return secrets.get(user);
    }
}
