package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes messages. Every method appends exactly one whole message to the buffer; those of a server come first, those
/// of a client after them. Pure functions: any thread may call them on a buffer of its own.
///
/// A string with a NUL in it is refused with an [IllegalArgumentException]: it would end early on the wire.
public final class Messages {
    /// Protocol 3.0, as in a StartupMessage.
    public static final int PROTOCOL_3_0 = 3 << 16;
    /// Protocol 3.2 (PostgreSQL 18): cancel keys of up to 256 bytes.
    public static final int PROTOCOL_3_2 = 3 << 16 | 2;
    /// The shortest secret of a cancel key.
    public static final int MIN_SECRET_BYTES = 4;
    /// The longest secret of a cancel key, since protocol 3.2.
    public static final int MAX_SECRET_BYTES = 256;

    static final int CANCEL_REQUEST = 1234 << 16 | 5678;
    static final int SSL_REQUEST = 1234 << 16 | 5679;
    static final int GSSENC_REQUEST = 1234 << 16 | 5680;

    private static final short TEXT_FORMAT = 0;
    private static final short BINARY_FORMAT = 1;
    private static final int NULL_LENGTH = -1;

    private Messages() {}

    /// AuthenticationOk.
    public static void authenticationOk(ByteBuf out) {
        authentication(out, AuthenticationCode.OK);
    }

    /// AuthenticationCleartextPassword.
    public static void authenticationCleartextPassword(ByteBuf out) {
        authentication(out, AuthenticationCode.CLEARTEXT_PASSWORD);
    }

    /// AuthenticationMD5Password.
    ///
    /// @param salt four bytes
    public static void authenticationMd5Password(ByteBuf out, byte[] salt) {
        if (salt.length != 4) {
            throw new IllegalArgumentException("salt: " + salt.length + " bytes (expected: 4)");
        }
        authentication(out, AuthenticationCode.MD5_PASSWORD, salt);
    }

    /// AuthenticationSASL.
    ///
    /// @param mechanisms names, the preferred one first
    public static void authenticationSasl(ByteBuf out, List<String> mechanisms) {
        int length = MessageFrame.begin(out, BackendType.AUTHENTICATION);
        out.writeInt(AuthenticationCode.SASL);
        mechanisms.forEach(mechanism -> MessageFrame.cString(out, mechanism));
        out.writeByte(0);
        MessageFrame.end(out, length);
    }

    /// AuthenticationSASLContinue.
    public static void authenticationSaslContinue(ByteBuf out, byte[] challenge) {
        authentication(out, AuthenticationCode.SASL_CONTINUE, challenge);
    }

    /// AuthenticationSASLFinal.
    public static void authenticationSaslFinal(ByteBuf out, byte[] outcome) {
        authentication(out, AuthenticationCode.SASL_FINAL, outcome);
    }

    private static void authentication(ByteBuf out, int code, byte... data) {
        int length = MessageFrame.begin(out, BackendType.AUTHENTICATION);
        out.writeInt(code);
        out.writeBytes(data);
        MessageFrame.end(out, length);
    }

    /// ParameterStatus.
    public static void parameterStatus(ByteBuf out, String name, String value) {
        int length = MessageFrame.begin(out, BackendType.PARAMETER_STATUS);
        MessageFrame.cString(out, name);
        MessageFrame.cString(out, value);
        MessageFrame.end(out, length);
    }

    /// BackendKeyData.
    ///
    /// @param secret 4 to 256 bytes; clients of protocol 3.0 take exactly 4
    public static void backendKeyData(ByteBuf out, int pid, byte[] secret) {
        checkSecret(secret);
        int length = MessageFrame.begin(out, BackendType.BACKEND_KEY_DATA);
        out.writeInt(pid);
        out.writeBytes(secret);
        MessageFrame.end(out, length);
    }

    /// ReadyForQuery.
    ///
    /// @param status see [TransactionStatus]
    public static void readyForQuery(ByteBuf out, byte status) {
        int length = MessageFrame.begin(out, BackendType.READY_FOR_QUERY);
        out.writeByte(status);
        MessageFrame.end(out, length);
    }

    /// NegotiateProtocolVersion.
    ///
    /// @param newestProtocol the newest version spoken, major and minor as in a StartupMessage (that is what
    ///     PostgreSQL sends and libpq expects, although the manual speaks of the minor version)
    /// @param unrecognisedOptions names of the `_pq_.` options that are not known
    public static void negotiateProtocolVersion(ByteBuf out, int newestProtocol, List<String> unrecognisedOptions) {
        int length = MessageFrame.begin(out, BackendType.NEGOTIATE_PROTOCOL_VERSION);
        out.writeInt(newestProtocol);
        out.writeInt(unrecognisedOptions.size());
        unrecognisedOptions.forEach(option -> MessageFrame.cString(out, option));
        MessageFrame.end(out, length);
    }

    /// ParseComplete.
    public static void parseComplete(ByteBuf out) {
        MessageFrame.empty(out, BackendType.PARSE_COMPLETE);
    }

    /// BindComplete.
    public static void bindComplete(ByteBuf out) {
        MessageFrame.empty(out, BackendType.BIND_COMPLETE);
    }

    /// CloseComplete.
    public static void closeComplete(ByteBuf out) {
        MessageFrame.empty(out, BackendType.CLOSE_COMPLETE);
    }

    /// NoData.
    public static void noData(ByteBuf out) {
        MessageFrame.empty(out, BackendType.NO_DATA);
    }

    /// PortalSuspended.
    public static void portalSuspended(ByteBuf out) {
        MessageFrame.empty(out, BackendType.PORTAL_SUSPENDED);
    }

    /// EmptyQueryResponse.
    public static void emptyQueryResponse(ByteBuf out) {
        MessageFrame.empty(out, BackendType.EMPTY_QUERY_RESPONSE);
    }

    /// CommandComplete.
    ///
    /// @param tag for instance `SELECT 3`
    public static void commandComplete(ByteBuf out, String tag) {
        string(out, BackendType.COMMAND_COMPLETE, tag);
    }

    /// NoticeResponse with severity NOTICE.
    public static void noticeResponse(ByteBuf out, String message) {
        PgError.notice(message).write(out);
    }

    /// ErrorResponse (or NoticeResponse, by severity); the same as [PgError#write].
    public static void errorResponse(ByteBuf out, PgError error) {
        error.write(out);
    }

    /// RowDescription of columns in text format that belong to no table.
    ///
    /// @param oids type of each column, as many as names
    public static void rowDescription(ByteBuf out, List<String> names, int... oids) {
        if (names.size() != oids.length) {
            throw new IllegalArgumentException(names.size() + " names, " + oids.length + " types");
        }
        int length = MessageFrame.begin(out, BackendType.ROW_DESCRIPTION);
        MessageFrame.count(out, oids.length);
        for (int column = 0; column < oids.length; column++) {
            // | str name | int32 table | int16 attribute | int32 type | int16 type length | int32 modifier | int16
            // format |
            MessageFrame.cString(out, names.get(column));
            out.writeInt(0).writeShort(0);
            out.writeInt(oids[column]).writeShort(TypeOid.length(oids[column])).writeInt(-1);
            out.writeShort(TEXT_FORMAT);
        }
        MessageFrame.end(out, length);
    }

    /// DataRow of values in text format.
    ///
    /// @param values null is NULL
    public static void dataRow(ByteBuf out, List<? extends @Nullable String> values) {
        int length = MessageFrame.begin(out, BackendType.DATA_ROW);
        values(out, values);
        MessageFrame.end(out, length);
    }

    /// ParameterDescription.
    public static void parameterDescription(ByteBuf out, int... oids) {
        int length = MessageFrame.begin(out, BackendType.PARAMETER_DESCRIPTION);
        oids(out, oids);
        MessageFrame.end(out, length);
    }

    /// Query.
    public static void query(ByteBuf out, String sql) {
        string(out, FrontendType.QUERY, sql);
    }

    /// Parse.
    ///
    /// @param statement name, empty for the unnamed one
    /// @param oids types of the first parameters; 0 leaves one to the server
    public static void parse(ByteBuf out, String statement, String sql, int... oids) {
        int length = MessageFrame.begin(out, FrontendType.PARSE);
        MessageFrame.cString(out, statement);
        MessageFrame.cString(out, sql);
        oids(out, oids);
        MessageFrame.end(out, length);
    }

    /// Bind, with parameters and results in text format.
    ///
    /// @param portal name, empty for the unnamed one
    /// @param statement name, empty for the unnamed one
    /// @param parameters null is NULL
    public static void bind(ByteBuf out, String portal, String statement, List<? extends @Nullable String> parameters) {
        int length = MessageFrame.begin(out, FrontendType.BIND);
        MessageFrame.cString(out, portal);
        MessageFrame.cString(out, statement);
        MessageFrame.count(out, 0);
        values(out, parameters);
        MessageFrame.count(out, 0);
        MessageFrame.end(out, length);
    }

    /// FunctionCall, with arguments and result in binary format.
    ///
    /// @param function OID of the function
    public static void functionCall(ByteBuf out, int function, List<byte[]> arguments) {
        int length = MessageFrame.begin(out, FrontendType.FUNCTION_CALL);
        out.writeInt(function).writeShort(1).writeShort(BINARY_FORMAT);
        MessageFrame.count(out, arguments.size());
        arguments.forEach(argument -> out.writeInt(argument.length).writeBytes(argument));
        out.writeShort(BINARY_FORMAT);
        MessageFrame.end(out, length);
    }

    /// Describe.
    ///
    /// @param kind `S` for a statement, `P` for a portal
    public static void describe(ByteBuf out, char kind, String name) {
        named(out, FrontendType.DESCRIBE, kind, name);
    }

    /// Execute.
    ///
    /// @param maxRows 0 for all of them
    public static void execute(ByteBuf out, String portal, int maxRows) {
        int length = MessageFrame.begin(out, FrontendType.EXECUTE);
        MessageFrame.cString(out, portal);
        out.writeInt(maxRows);
        MessageFrame.end(out, length);
    }

    /// Close.
    ///
    /// @param kind `S` for a statement, `P` for a portal
    public static void close(ByteBuf out, char kind, String name) {
        named(out, FrontendType.CLOSE, kind, name);
    }

    /// Sync.
    public static void sync(ByteBuf out) {
        MessageFrame.empty(out, FrontendType.SYNC);
    }

    /// Flush.
    public static void flush(ByteBuf out) {
        MessageFrame.empty(out, FrontendType.FLUSH);
    }

    /// Terminate.
    public static void terminate(ByteBuf out) {
        MessageFrame.empty(out, FrontendType.TERMINATE);
    }

    /// CopyData, from either side.
    public static void copyData(ByteBuf out, byte[] data) {
        typed(out, FrontendType.COPY_DATA, data);
    }

    /// CopyDone, from either side.
    public static void copyDone(ByteBuf out) {
        MessageFrame.empty(out, FrontendType.COPY_DONE);
    }

    /// CopyFail.
    public static void copyFail(ByteBuf out, String reason) {
        string(out, FrontendType.COPY_FAIL, reason);
    }

    /// PasswordMessage: a password, or the hash that AuthenticationMD5Password asks for.
    public static void passwordMessage(ByteBuf out, String password) {
        string(out, FrontendType.PASSWORD, password);
    }

    /// PasswordMessage with the bytes of a password as they are.
    public static void passwordMessage(ByteBuf out, byte[] password) {
        for (byte each : password) {
            if (each == 0) {
                throw new IllegalArgumentException("a password cannot contain NUL");
            }
        }
        int length = MessageFrame.begin(out, FrontendType.PASSWORD);
        out.writeBytes(password).writeByte(0);
        MessageFrame.end(out, length);
    }

    /// SASLInitialResponse.
    public static void saslInitialResponse(ByteBuf out, String mechanism, byte[] response) {
        int length = MessageFrame.begin(out, FrontendType.PASSWORD);
        MessageFrame.cString(out, mechanism);
        out.writeInt(response.length).writeBytes(response);
        MessageFrame.end(out, length);
    }

    /// SASLResponse.
    public static void saslResponse(ByteBuf out, byte[] response) {
        typed(out, FrontendType.PASSWORD, response);
    }

    /// StartupMessage.
    ///
    /// @param protocol major version in the upper, minor in the lower 16 bits
    /// @param parameters written in the order of the map
    public static void startup(ByteBuf out, int protocol, Map<String, String> parameters) {
        int length = MessageFrame.beginUntyped(out);
        out.writeInt(protocol);
        parameters.forEach((name, value) -> {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("an empty name would end the parameters");
            }
            MessageFrame.cString(out, name);
            MessageFrame.cString(out, value);
        });
        out.writeByte(0);
        MessageFrame.end(out, length);
    }

    /// CancelRequest.
    ///
    /// @param secret 4 to 256 bytes, as BackendKeyData gave it
    public static void cancelRequest(ByteBuf out, int pid, byte[] secret) {
        checkSecret(secret);
        int length = MessageFrame.beginUntyped(out);
        out.writeInt(CANCEL_REQUEST).writeInt(pid).writeBytes(secret);
        MessageFrame.end(out, length);
    }

    /// SSLRequest.
    public static void sslRequest(ByteBuf out) {
        out.writeInt(8).writeInt(SSL_REQUEST);
    }

    /// GSSENCRequest.
    public static void gssEncRequest(ByteBuf out) {
        out.writeInt(8).writeInt(GSSENC_REQUEST);
    }

    private static void string(ByteBuf out, byte type, String text) {
        int length = MessageFrame.begin(out, type);
        MessageFrame.cString(out, text);
        MessageFrame.end(out, length);
    }

    private static void typed(ByteBuf out, byte type, byte[] body) {
        int length = MessageFrame.begin(out, type);
        out.writeBytes(body);
        MessageFrame.end(out, length);
    }

    private static void named(ByteBuf out, byte type, char kind, String name) {
        if (kind != 'S' && kind != 'P') {
            throw new IllegalArgumentException("kind: " + kind + " (expected: S or P)");
        }
        int length = MessageFrame.begin(out, type);
        out.writeByte(kind);
        MessageFrame.cString(out, name);
        MessageFrame.end(out, length);
    }

    private static void oids(ByteBuf out, int... oids) {
        MessageFrame.count(out, oids.length);
        for (int oid : oids) {
            out.writeInt(oid);
        }
    }

    private static void values(ByteBuf out, List<? extends @Nullable String> values) {
        MessageFrame.count(out, values.size());
        for (String value : values) {
            if (value == null) {
                out.writeInt(NULL_LENGTH);
            } else {
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                out.writeInt(bytes.length).writeBytes(bytes);
            }
        }
    }

    private static void checkSecret(byte[] secret) {
        if (secret.length < MIN_SECRET_BYTES || secret.length > MAX_SECRET_BYTES) {
            throw new IllegalArgumentException("secret: " + secret.length + " bytes (expected: 4 to 256)");
        }
    }
}
