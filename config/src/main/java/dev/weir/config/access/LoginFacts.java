package dev.weir.config.access;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// What is known of a login before anybody has proved anything. Immutable.
///
/// @param address where it comes from; null for a Unix socket
/// @param encrypted whether the connection is under TLS
/// @param physicalReplication whether it is for a copy of the whole cluster, and thus for no database
/// @param database as the client calls it
/// @param user as the client calls itself
public record LoginFacts(
        @Nullable InetAddress address, boolean encrypted, boolean physicalReplication, String database, String user) {}
