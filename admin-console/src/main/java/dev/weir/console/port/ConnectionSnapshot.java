package dev.weir.console.port;

import org.jspecify.annotations.Nullable;

/// What clients and servers have in common.
///
/// @param id from the one counter that numbers clients and servers together
/// @param linkId the `id` of the connection at the other side; 0 when there is none
/// @param user the login user; `null` until it is known
/// @param database the database as clients name it; `null` until it is known
/// @param replication whether it speaks the replication protocol
/// @param peer the other end
/// @param local this end
/// @param connectTimeEpochMicros when it was made, microseconds since 1970
/// @param requestTimeEpochMicros when its latest request began; 0 when there was none
/// @param waitNanos how long the running request has lasted, time in line included; 0 when none runs
/// @param closeNeeded to be closed as soon as it is released
/// @param remotePid process id of the other end: of the backend, or of a client on a Unix socket; 0 when unknown
/// @param tls protocol and cipher such as `TLSv1.3/TLS_AES_256_GCM_SHA384`; empty without TLS
/// @param applicationName the current application_name; empty when unset
/// @param preparedStatements prepared statements that this connection knows of
/// @param buffers bytes in flight
public record ConnectionSnapshot(
        long id,
        long linkId,
        @Nullable String user,
        @Nullable String database,
        ReplicationMode replication,
        Endpoint peer,
        Endpoint local,
        long connectTimeEpochMicros,
        long requestTimeEpochMicros,
        long waitNanos,
        boolean closeNeeded,
        int remotePid,
        String tls,
        String applicationName,
        int preparedStatements,
        BufferSnapshot buffers) {}
