package dev.weir.console.port;

import dev.weir.config.PoolMode;
import org.jspecify.annotations.Nullable;

/// One known user.
///
/// @param name the user's name
/// @param poolSize the size set for this user; `null` when none is
/// @param reservePoolSize the reserve set for this user; `null` when none is
/// @param poolMode the mode set for this user; `null` when none is
/// @param maxConnections limit of server connections; 0 means none
/// @param currentConnections server connections now
/// @param maxClientConnections limit of client connections; 0 means none
/// @param currentClientConnections client connections now
public record UserSnapshot(
        String name,
        @Nullable Integer poolSize,
        @Nullable Integer reservePoolSize,
        @Nullable PoolMode poolMode,
        int maxConnections,
        int currentConnections,
        int maxClientConnections,
        int currentClientConnections) {

    /// The same user with so many more client connections.
    public UserSnapshot withMoreClients(int more) {
        return new UserSnapshot(
                name,
                poolSize,
                reservePoolSize,
                poolMode,
                maxConnections,
                currentConnections,
                maxClientConnections,
                currentClientConnections + more);
    }
}
