package dev.weir.proxy.auth;

import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.ProtocolViolation;
import dev.weir.proxy.wire.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A cursor over a SCRAM message: attributes `a=value` with commas between them (RFC 5802, section 7), strictly in the
/// order in which they are asked for. The text has one char per byte, so that nothing is lost by decoding.
final class ScramMessage {
    /// More than any honest exchange needs.
    static final int MAX_BYTES = 4096;

    private static final int MAX_NONCE_CHARS = 1024;

    private final String text;
    private int position;

    /// @throws ProtocolViolation if it is too long or has a NUL in it
    ScramMessage(byte[] message) {
        if (message.length > MAX_BYTES) {
            throw malformed("The message is too long.");
        }
        text = new String(message, StandardCharsets.ISO_8859_1);
        if (text.indexOf('\0') >= 0) {
            throw malformed("The message contains a zero byte.");
        }
    }

    static ProtocolViolation malformed(String detail) {
        return new ProtocolViolation(PgError.fatal(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message")
                .withDetail(detail));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// The value of attribute `c`: the header, and what the exchange is bound to.
    static String binding(String gs2Header, byte[] data) {
        byte[] header = bytes(gs2Header);
        byte[] all = Arrays.copyOf(header, header.length + data.length);
        System.arraycopy(data, 0, all, header.length, data.length);
        return StrictBase64.encode(all);
    }

    boolean atEnd() {
        return position == text.length();
    }

    int position() {
        return position;
    }

    String substring(int from, int to) {
        return text.substring(from, to);
    }

    String from(int start) {
        return text.substring(start);
    }

    /// The next char, without moving on; 0 at the end.
    char peek() {
        return atEnd() ? 0 : text.charAt(position);
    }

    /// The next char.
    char next() {
        char next = peek();
        position = Math.min(position + 1, text.length());
        return next;
    }

    void comma() {
        if (next() != ',') {
            throw malformed("Comma expected.");
        }
    }

    /// The value of the attribute that must come now. Steps over the comma behind it, if there is one.
    String attribute(char name) {
        if (next() != name || next() != '=') {
            throw malformed("Attribute \"" + name + "\" expected.");
        }
        int end = text.indexOf(',', position);
        String value = end < 0 ? text.substring(position) : text.substring(position, end);
        position += value.length();
        if (end >= 0) {
            position++;
            if (atEnd()) {
                throw malformed("Attribute expected behind the last comma.");
            }
        }
        return value;
    }

    /// The nonce, which must come now: printable ASCII without comma.
    String nonce() {
        String nonce = attribute('r');
        if (nonce.isEmpty()
                || nonce.length() > MAX_NONCE_CHARS
                || !nonce.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw malformed("The nonce is empty, too long, or not printable.");
        }
        return nonce;
    }

    /// Steps over an optional extension, which nobody needs to understand.
    void extension() {
        char name = peek();
        if (!((name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z'))) {
            throw malformed("Attribute expected.");
        }
        refuseMandatoryExtension();
        attribute(name);
    }

    /// `m=` announces an extension that must be understood; none is (RFC 5802, section 5.1).
    void refuseMandatoryExtension() {
        if (peek() == 'm') {
            throw new ProtocolViolation(
                    PgError.fatal(SqlState.FEATURE_NOT_SUPPORTED, "client requires an unsupported SCRAM extension"));
        }
    }
}
