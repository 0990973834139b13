package dev.weir.console.port;

/// How many servers of a pool are kept by clients that are silent within a transaction, and how many queries were slow.
///
/// @param database the database as clients name it
/// @param user the user that logs in to the servers
/// @param idleInTransaction how many clients are silent within a transaction
/// @param leaking how many of them for longer than `leak_detection_threshold`
/// @param longestIdleNanos how long the first of them has been silent
/// @param longestIdleWho its application_name, or else its user and address; empty if there is none
/// @param slowQueries queries that were slow, since the process started
public record HolderCountSnapshot(
        String database,
        String user,
        int idleInTransaction,
        int leaking,
        long longestIdleNanos,
        String longestIdleWho,
        long slowQueries) {}
