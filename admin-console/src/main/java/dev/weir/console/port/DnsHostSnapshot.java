package dev.weir.console.port;

import java.util.List;

/// One cached host name.
///
/// @param hostname the name
/// @param ttlSeconds how long it stays cached
/// @param addresses what it resolves to; empty when it does not
public record DnsHostSnapshot(String hostname, long ttlSeconds, List<String> addresses) {

    /// Copies the list.
    public DnsHostSnapshot {
        addresses = List.copyOf(addresses);
    }
}
