package dev.weir.console.port;

import dev.weir.config.PoolMode;
import org.jspecify.annotations.Nullable;

/// One database that clients can ask for.
///
/// @param name the name clients use
/// @param host host or hosts; `null` for the Unix socket
/// @param port the servers' port
/// @param database the name at the server
/// @param forceUser the user that logs in for everybody; `null` when clients log in as themselves
/// @param poolSize servers per pool; 0 means no limit
/// @param minPoolSize servers kept even when idle
/// @param reservePoolSize additional servers under pressure
/// @param serverLifetimeSeconds age at which servers are closed
/// @param poolMode the mode set for this database; `null` when the global one counts
/// @param loadBalanceHosts how hosts are chosen; `null` unless there are several
/// @param maxConnections limit of server connections; 0 means none
/// @param currentConnections server connections now
/// @param maxClientConnections limit of client connections; 0 means none
/// @param currentClientConnections client connections now
/// @param paused paused
/// @param disabled new logins are refused
/// @param serverConnectionsLimit connections that its server lets ordinary roles have, all databases together; `null`
///     while nobody has asked
public record DatabaseSnapshot(
        String name,
        @Nullable String host,
        int port,
        String database,
        @Nullable String forceUser,
        int poolSize,
        int minPoolSize,
        int reservePoolSize,
        long serverLifetimeSeconds,
        @Nullable PoolMode poolMode,
        @Nullable String loadBalanceHosts,
        int maxConnections,
        int currentConnections,
        int maxClientConnections,
        int currentClientConnections,
        boolean paused,
        boolean disabled,
        @Nullable Integer serverConnectionsLimit) {}
