package dev.weir.proxy.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The messages of a client as bytes, written by hand after "Message Formats" of PostgreSQL's manual.
public final class Frontend {
    /// Protocol 3.0 as it stands in a StartupMessage.
    public static final int PROTOCOL_3_0 = 3 << 16;

    /// Protocol 3.2, which has longer cancel keys.
    public static final int PROTOCOL_3_2 = (3 << 16) | 2;

    private static final int CANCEL_REQUEST = (1234 << 16) | 5678;
    private static final int SSL_REQUEST = (1234 << 16) | 5679;
    private static final int GSS_ENC_REQUEST = (1234 << 16) | 5680;

    private Frontend() {}

    /// Any message: type, length and the given body.
    public static byte[] message(char type, byte[]... body) {
        byte[] whole = concat(body);
        return ByteBuffer.allocate(whole.length + 5)
                .put((byte) type)
                .putInt(whole.length + 4)
                .put(whole)
                .array();
    }

    /// A message whose length word says what it likes.
    public static byte[] lying(char type, int length, byte[]... body) {
        byte[] whole = concat(body);
        return ByteBuffer.allocate(whole.length + 5)
                .put((byte) type)
                .putInt(length)
                .put(whole)
                .array();
    }

    /// StartupMessage.
    public static byte[] startup(int protocol, Map<String, String> parameters) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(int32(protocol));
        parameters.forEach((name, value) -> {
            body.writeBytes(cString(name));
            body.writeBytes(cString(value));
        });
        body.write(0);
        return untyped(body.toByteArray());
    }

    /// A packet of the start-up phase: length and the given body, no type.
    public static byte[] untyped(byte[]... body) {
        byte[] whole = concat(body);
        return concat(int32(whole.length + 4), whole);
    }

    /// SSLRequest.
    public static byte[] sslRequest() {
        return untyped(int32(SSL_REQUEST));
    }

    /// GSSENCRequest.
    public static byte[] gssEncRequest() {
        return untyped(int32(GSS_ENC_REQUEST));
    }

    /// CancelRequest for the body of a BackendKeyData.
    public static byte[] cancelRequest(byte[] backendKeyData) {
        return untyped(int32(CANCEL_REQUEST), backendKeyData);
    }

    /// Query.
    public static byte[] query(String sql) {
        return message('Q', cString(sql));
    }

    /// Parse with the types of as many parameters as are given.
    public static byte[] parse(String statement, String sql, int... parameterTypes) {
        byte[] types = new byte[0];
        for (int oid : parameterTypes) {
            types = concat(types, int32(oid));
        }
        return message('P', cString(statement), cString(sql), int16(parameterTypes.length), types);
    }

    /// Bind with text parameters (null for NULL) and text results.
    public static byte[] bind(String portal, String statement, @Nullable String... values) {
        ByteArrayOutputStream parameters = new ByteArrayOutputStream();
        for (@Nullable String value : values) {
            if (value == null) {
                parameters.writeBytes(int32(-1));
            } else {
                byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
                parameters.writeBytes(int32(bytes.length));
                parameters.writeBytes(bytes);
            }
        }
        return message(
                'B',
                cString(portal),
                cString(statement),
                int16(0),
                int16(values.length),
                parameters.toByteArray(),
                int16(0));
    }

    /// Describe of a statement.
    public static byte[] describeStatement(String name) {
        return message('D', new byte[] {'S'}, cString(name));
    }

    /// Describe of a portal.
    public static byte[] describePortal(String name) {
        return message('D', new byte[] {'P'}, cString(name));
    }

    /// Execute; 0 rows means all.
    public static byte[] execute(String portal, int maxRows) {
        return message('E', cString(portal), int32(maxRows));
    }

    /// Close of a statement.
    public static byte[] closeStatement(String name) {
        return message('C', new byte[] {'S'}, cString(name));
    }

    /// Close of a portal.
    public static byte[] closePortal(String name) {
        return message('C', new byte[] {'P'}, cString(name));
    }

    /// Sync.
    public static byte[] sync() {
        return message('S');
    }

    /// Flush.
    public static byte[] flush() {
        return message('H');
    }

    /// CopyData.
    public static byte[] copyData(String data) {
        return message('d', data.getBytes(StandardCharsets.UTF_8));
    }

    /// CopyDone.
    public static byte[] copyDone() {
        return message('c');
    }

    /// CopyFail.
    public static byte[] copyFail(String reason) {
        return message('f', cString(reason));
    }

    /// FunctionCall with text arguments and a text result.
    public static byte[] functionCall(int function, String... arguments) {
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        for (String argument : arguments) {
            byte[] bytes = argument.getBytes(StandardCharsets.UTF_8);
            values.writeBytes(int32(bytes.length));
            values.writeBytes(bytes);
        }
        return message('F', int32(function), int16(0), int16(arguments.length), values.toByteArray(), int16(0));
    }

    /// PasswordMessage, also the carrier of SASL answers.
    public static byte[] password(byte[] content) {
        return message('p', content);
    }

    /// Terminate.
    public static byte[] terminate() {
        return message('X');
    }

    /// Unnamed Parse, Bind, Describe and Execute of one statement, without Sync.
    public static byte[] unnamed(String sql, @Nullable String... values) {
        return concat(parse("", sql), bind("", "", values), describePortal(""), execute("", 0));
    }

    /// All arrays in one.
    public static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer whole = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            whole.put(part);
        }
        return whole.array();
    }

    /// A string with its terminating zero.
    public static byte[] cString(String text) {
        return concat(text.getBytes(StandardCharsets.UTF_8), new byte[1]);
    }

    /// Four bytes in network order.
    public static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    /// Two bytes in network order.
    public static byte[] int16(int value) {
        return ByteBuffer.allocate(2).putShort((short) value).array();
    }
}
