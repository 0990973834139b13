package dev.weir.proxy.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One message of a server: the type byte and the body without its length word. Equal when both are equal byte by byte.
@SuppressWarnings("ArrayRecordComponent") // equality is by content, see equals
public record Message(char type, byte[] body) {

    /// The fields of an ErrorResponse or NoticeResponse by their code, in the order of the message.
    public Map<Character, String> fields() {
        if (type != 'E' && type != 'N') {
            throw new AssertionError("neither an error nor a notice: " + this);
        }
        Map<Character, String> fields = new LinkedHashMap<>();
        ByteBuffer in = ByteBuffer.wrap(body);
        for (byte code = in.get(); code != 0; code = in.get()) {
            fields.put((char) code, cString(in));
        }
        return fields;
    }

    /// The SQLSTATE of an ErrorResponse or NoticeResponse.
    public String sqlState() {
        return String.valueOf(fields().get('C'));
    }

    /// The human-readable text of an ErrorResponse or NoticeResponse.
    public String text() {
        return String.valueOf(fields().get('M'));
    }

    /// The detail of an ErrorResponse or NoticeResponse.
    public String detail() {
        return String.valueOf(fields().get('D'));
    }

    /// The severity of an ErrorResponse or NoticeResponse.
    public String severity() {
        return String.valueOf(fields().get('S'));
    }

    /// The columns of a DataRow as text, null where the column is NULL.
    public List<@Nullable String> columns() {
        if (type != 'D') {
            throw new AssertionError("not a row: " + this);
        }
        ByteBuffer in = ByteBuffer.wrap(body);
        int count = in.getShort();
        List<@Nullable String> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = in.getInt();
            if (length < 0) {
                columns.add(null);
            } else {
                byte[] value = new byte[length];
                in.get(value);
                columns.add(new String(value, StandardCharsets.UTF_8));
            }
        }
        return columns;
    }

    /// The transaction status of a ReadyForQuery: `I`, `T` or `E`.
    public char transactionStatus() {
        if (type != 'Z') {
            throw new AssertionError("not ReadyForQuery: " + this);
        }
        return (char) body[0];
    }

    /// The tag of a CommandComplete.
    public String tag() {
        if (type != 'C') {
            throw new AssertionError("not CommandComplete: " + this);
        }
        return cString(ByteBuffer.wrap(body));
    }

    /// The whole message as it stands on the wire.
    public byte[] bytes() {
        return ByteBuffer.allocate(body.length + 5)
                .put((byte) type)
                .putInt(body.length + 4)
                .put(body)
                .array();
    }

    public static String cString(ByteBuffer in) {
        int start = in.position();
        int end = start;
        while (in.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - start];
        in.get(bytes);
        in.get();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Message(char otherType, byte[] otherBody)
                && type == otherType
                && Arrays.equals(body, otherBody);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(body);
    }

    /// Readable form for assertion messages, such as `ReadyForQuery(I)` or `ErrorResponse(ERROR 22012 division by
    /// zero)`.
    @Override
    public String toString() {
        return switch (type) {
            case '1' -> "ParseComplete";
            case '2' -> "BindComplete";
            case '3' -> "CloseComplete";
            case 'A' -> "NotificationResponse(" + printable(body) + ")";
            case 'C' -> "CommandComplete(" + tag() + ")";
            case 'D' -> "DataRow" + shortened(columns().toString());
            case 'E' -> "ErrorResponse(" + severity() + " " + sqlState() + " " + text() + ")";
            case 'G' -> "CopyInResponse";
            case 'H' -> "CopyOutResponse";
            case 'I' -> "EmptyQueryResponse";
            case 'K' -> "BackendKeyData(" + HexFormat.of().formatHex(body) + ")";
            case 'N' -> "NoticeResponse(" + severity() + " " + sqlState() + " " + text() + ")";
            case 'R' ->
                "Authentication("
                        + (body.length < 4 ? -1 : ByteBuffer.wrap(body).getInt()) + ")";
            case 'S' -> "ParameterStatus(" + printable(body) + ")";
            case 'T' -> "RowDescription(" + shortened(printable(body)) + ")";
            case 'V' -> "FunctionCallResponse(" + HexFormat.of().formatHex(body) + ")";
            case 'W' -> "CopyBothResponse";
            case 'Z' -> "ReadyForQuery(" + transactionStatus() + ")";
            case 'c' -> "CopyDone";
            case 'd' -> "CopyData(" + shortened(printable(body)) + ")";
            case 'n' -> "NoData";
            case 's' -> "PortalSuspended";
            case 't' -> "ParameterDescription(" + HexFormat.of().formatHex(body) + ")";
            case 'v' -> "NegotiateProtocolVersion(" + printable(body) + ")";
            default -> "Unknown(" + (int) type + ", " + shortened(HexFormat.of().formatHex(body)) + ")";
        };
    }

    private static String printable(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(b >= ' ' && b < 127 ? (char) b : '.');
        }
        return text.toString();
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "… (" + text.length() + ")";
    }
}
