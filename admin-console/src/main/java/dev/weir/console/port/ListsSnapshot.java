package dev.weir.console.port;

/// How many objects of each kind exist. The virtual database `pgbouncer`, its pool and its user are left out.
///
/// @param databases databases
/// @param users users
/// @param peers peers
/// @param pools pools
/// @param peerPools pools of connections to peers
/// @param clients clients logged in, console sessions included
/// @param loginClients clients that log in
/// @param servers server connections
/// @param dnsNames cached host names
/// @param dnsZones watched zones
/// @param dnsQueries host names being resolved
/// @param dnsPending host names waiting to be resolved
public record ListsSnapshot(
        int databases,
        int users,
        int peers,
        int pools,
        int peerPools,
        int clients,
        int loginClients,
        int servers,
        int dnsNames,
        int dnsZones,
        int dnsQueries,
        int dnsPending) {}
