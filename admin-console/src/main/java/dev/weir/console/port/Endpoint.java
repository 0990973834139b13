package dev.weir.console.port;

/// One end of a connection.
///
/// @param address an IP address in text form, or `unix`
/// @param port the TCP port, or the port number in the Unix socket's name
public record Endpoint(String address, int port) {

    /// The address of every Unix socket.
    public static final String UNIX = "unix";

    /// An end of a Unix socket.
    public static Endpoint unix(int port) {
        return new Endpoint(UNIX, port);
    }
}
