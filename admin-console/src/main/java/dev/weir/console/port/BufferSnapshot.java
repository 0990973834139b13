package dev.weir.console.port;

/// Bytes of one connection that are neither consumed nor sent yet.
///
/// @param receivedBytes read from the socket, not yet parsed
/// @param messageRemainingBytes what is still to come of the message that passes through
/// @param pendingSendBytes written, not yet taken by the kernel
public record BufferSnapshot(int receivedBytes, int messageRemainingBytes, int pendingSendBytes) {

    /// Nothing in flight.
    public static final BufferSnapshot EMPTY = new BufferSnapshot(0, 0, 0);
}
