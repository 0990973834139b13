package dev.weir.proxy.wire;

/// The type bytes of the messages a client sends ("Message Formats", those marked F). `StartupMessage`, `SSLRequest`,
/// `GSSENCRequest` and `CancelRequest` have none: see [StartupReader].
public final class FrontendType {
    /// Bind: binds parameters to a statement, giving a portal.
    public static final byte BIND = 'B';
    /// Close of a statement or portal.
    public static final byte CLOSE = 'C';
    /// CopyData, in either direction.
    public static final byte COPY_DATA = 'd';
    /// CopyDone, in either direction.
    public static final byte COPY_DONE = 'c';
    /// CopyFail: the client gives up a COPY FROM STDIN.
    public static final byte COPY_FAIL = 'f';
    /// Describe of a statement or portal.
    public static final byte DESCRIBE = 'D';
    /// Execute of a portal.
    public static final byte EXECUTE = 'E';
    /// Flush: asks for what is ready; has no answer of its own.
    public static final byte FLUSH = 'H';
    /// FunctionCall: the fast path, used for large objects.
    public static final byte FUNCTION_CALL = 'F';
    /// Parse: gives a statement a name.
    public static final byte PARSE = 'P';
    /// PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share this byte; the phase of the login
    /// tells which one it is.
    public static final byte PASSWORD = 'p';
    /// Query of the simple sub-protocol.
    public static final byte QUERY = 'Q';
    /// Sync: ends a pipeline of extended messages.
    public static final byte SYNC = 'S';
    /// Terminate.
    public static final byte TERMINATE = 'X';

    private FrontendType() {}

    /// The protocol's name of a client's message, for logs; an unknown byte is shown in hexadecimal.
    public static String name(byte type) {
        return switch (type) {
            case BIND -> "Bind";
            case CLOSE -> "Close";
            case COPY_DATA -> "CopyData";
            case COPY_DONE -> "CopyDone";
            case COPY_FAIL -> "CopyFail";
            case DESCRIBE -> "Describe";
            case EXECUTE -> "Execute";
            case FLUSH -> "Flush";
            case FUNCTION_CALL -> "FunctionCall";
            case PARSE -> "Parse";
            case PASSWORD -> "PasswordMessage";
            case QUERY -> "Query";
            case SYNC -> "Sync";
            case TERMINATE -> "Terminate";
            default -> TypeByte.describe(type);
        };
    }
}
