package dev.weir.proxy.wire;

/// The type bytes of the messages a server sends ("Message Formats", those marked B).
public final class BackendType {
    /// Every Authentication message; an int32 in the body tells which, see [AuthenticationCode].
    public static final byte AUTHENTICATION = 'R';
    /// BackendKeyData: what a CancelRequest must show.
    public static final byte BACKEND_KEY_DATA = 'K';
    /// BindComplete.
    public static final byte BIND_COMPLETE = '2';
    /// CloseComplete.
    public static final byte CLOSE_COMPLETE = '3';
    /// CommandComplete.
    public static final byte COMMAND_COMPLETE = 'C';
    /// CopyBothResponse: streaming replication begins.
    public static final byte COPY_BOTH_RESPONSE = 'W';
    /// CopyData, in either direction.
    public static final byte COPY_DATA = 'd';
    /// CopyDone, in either direction.
    public static final byte COPY_DONE = 'c';
    /// CopyInResponse.
    public static final byte COPY_IN_RESPONSE = 'G';
    /// CopyOutResponse.
    public static final byte COPY_OUT_RESPONSE = 'H';
    /// DataRow.
    public static final byte DATA_ROW = 'D';
    /// EmptyQueryResponse: stands for CommandComplete after an empty query string.
    public static final byte EMPTY_QUERY_RESPONSE = 'I';
    /// ErrorResponse.
    public static final byte ERROR_RESPONSE = 'E';
    /// FunctionCallResponse.
    public static final byte FUNCTION_CALL_RESPONSE = 'V';
    /// NegotiateProtocolVersion.
    public static final byte NEGOTIATE_PROTOCOL_VERSION = 'v';
    /// NoData: what is described returns no rows.
    public static final byte NO_DATA = 'n';
    /// NoticeResponse.
    public static final byte NOTICE_RESPONSE = 'N';
    /// NotificationResponse: a NOTIFY that was listened for.
    public static final byte NOTIFICATION_RESPONSE = 'A';
    /// ParameterDescription of a statement.
    public static final byte PARAMETER_DESCRIPTION = 't';
    /// ParameterStatus.
    public static final byte PARAMETER_STATUS = 'S';
    /// ParseComplete.
    public static final byte PARSE_COMPLETE = '1';
    /// PortalSuspended: Execute met its row limit.
    public static final byte PORTAL_SUSPENDED = 's';
    /// ReadyForQuery; its only byte is the transaction status: see [TransactionStatus].
    public static final byte READY_FOR_QUERY = 'Z';
    /// RowDescription.
    public static final byte ROW_DESCRIPTION = 'T';

    private BackendType() {}

    /// The protocol's name of a server's message, for logs; an unknown byte is shown in hexadecimal.
    public static String name(byte type) {
        return switch (type) {
            case AUTHENTICATION -> "Authentication";
            case BACKEND_KEY_DATA -> "BackendKeyData";
            case BIND_COMPLETE -> "BindComplete";
            case CLOSE_COMPLETE -> "CloseComplete";
            case COMMAND_COMPLETE -> "CommandComplete";
            case COPY_BOTH_RESPONSE -> "CopyBothResponse";
            case COPY_DATA -> "CopyData";
            case COPY_DONE -> "CopyDone";
            case COPY_IN_RESPONSE -> "CopyInResponse";
            case COPY_OUT_RESPONSE -> "CopyOutResponse";
            case DATA_ROW -> "DataRow";
            case EMPTY_QUERY_RESPONSE -> "EmptyQueryResponse";
            case ERROR_RESPONSE -> "ErrorResponse";
            case FUNCTION_CALL_RESPONSE -> "FunctionCallResponse";
            case NEGOTIATE_PROTOCOL_VERSION -> "NegotiateProtocolVersion";
            case NO_DATA -> "NoData";
            case NOTICE_RESPONSE -> "NoticeResponse";
            case NOTIFICATION_RESPONSE -> "NotificationResponse";
            case PARAMETER_DESCRIPTION -> "ParameterDescription";
            case PARAMETER_STATUS -> "ParameterStatus";
            case PARSE_COMPLETE -> "ParseComplete";
            case PORTAL_SUSPENDED -> "PortalSuspended";
            case READY_FOR_QUERY -> "ReadyForQuery";
            case ROW_DESCRIPTION -> "RowDescription";
            default -> TypeByte.describe(type);
        };
    }
}
