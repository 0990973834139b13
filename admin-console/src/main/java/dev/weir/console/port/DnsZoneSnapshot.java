package dev.weir.console.port;

/// One DNS zone whose serial is watched.
///
/// @param zone the zone's name
/// @param serial the serial seen last
/// @param hosts host names in it
public record DnsZoneSnapshot(String zone, long serial, int hosts) {}
