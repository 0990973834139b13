package dev.weir.proxy.client;

import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Notifications in the encoding that a client has. They arrive in UTF-8, whoever they are for. Thread-safe.
final class MessageEncoding {
    /// Behind the header and the pid.
    private static final int TEXTS = MessageFramer.HEADER_BYTES + 4;

    /// PostgreSQL's names that are not also Java's; the others differ by an underscore at most.
    private static final Map<String, String> JAVA_NAMES = Map.ofEntries(
            Map.entry("LATIN1", "ISO-8859-1"),
            Map.entry("LATIN2", "ISO-8859-2"),
            Map.entry("LATIN3", "ISO-8859-3"),
            Map.entry("LATIN4", "ISO-8859-4"),
            Map.entry("LATIN5", "ISO-8859-9"),
            Map.entry("LATIN7", "ISO-8859-13"),
            Map.entry("LATIN9", "ISO-8859-15"),
            Map.entry("LATIN10", "ISO-8859-16"),
            Map.entry("ISO_8859_5", "ISO-8859-5"),
            Map.entry("ISO_8859_6", "ISO-8859-6"),
            Map.entry("ISO_8859_7", "ISO-8859-7"),
            Map.entry("ISO_8859_8", "ISO-8859-8"),
            Map.entry("WIN866", "IBM866"),
            Map.entry("WIN874", "x-windows-874"),
            Map.entry("WIN1250", "windows-1250"),
            Map.entry("WIN1251", "windows-1251"),
            Map.entry("WIN1252", "windows-1252"),
            Map.entry("WIN1253", "windows-1253"),
            Map.entry("WIN1254", "windows-1254"),
            Map.entry("WIN1255", "windows-1255"),
            Map.entry("WIN1256", "windows-1256"),
            Map.entry("WIN1257", "windows-1257"),
            Map.entry("WIN1258", "windows-1258"),
            Map.entry("KOI8R", "KOI8-R"),
            Map.entry("KOI8U", "KOI8-U"),
            Map.entry("EUC_JP", "EUC-JP"),
            Map.entry("EUC_CN", "GB2312"),
            Map.entry("EUC_KR", "EUC-KR"),
            Map.entry("EUC_TW", "x-EUC-TW"),
            Map.entry("SJIS", "windows-31j"),
            Map.entry("BIG5", "x-windows-950"),
            Map.entry("GBK", "GBK"),
            Map.entry("UHC", "x-windows-949"),
            Map.entry("JOHAB", "x-Johab"),
            Map.entry("GB18030", "GB18030"));

    private MessageEncoding() {}

    /// What cannot be said in an encoding.
    static final class Untranslatable extends Exception {
        private static final long serialVersionUID = 1;
        private final transient PgError error;

        private Untranslatable(String character, String encoding) {
            super(character);
            String bytes =
                    HexFormat.ofDelimiter(" ").withPrefix("0x").formatHex(character.getBytes(StandardCharsets.UTF_8));
            this.error = PgError.fatal(
                    SqlState.UNTRANSLATABLE_CHARACTER,
                    "character with byte sequence " + bytes + " in encoding \"UTF8\" has no equivalent in encoding \""
                            + encoding + "\"");
        }

        /// With this PostgreSQL ends the session.
        PgError error() {
            return error;
        }
    }

    /// A NotificationResponse for a client of this encoding, by PostgreSQL's name; the same object if it is the same.
    static byte[] encode(byte[] message, String encoding) throws Untranslatable {
        if (encoding.equals("UTF8") || encoding.equals("SQL_ASCII") || isAscii(message)) {
            return message;
        }
        String texts = new String(message, TEXTS, message.length - TEXTS, StandardCharsets.UTF_8);
        Charset charset = charset(encoding);
        if (charset == null) {
            throw new Untranslatable(
                    texts.codePoints()
                            .filter(c -> c >= 0x80)
                            .limit(1)
                            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                            .toString(),
                    encoding);
        }
        ByteBuffer out = ByteBuffer.allocate(TEXTS + 4 * texts.length() + 16);
        out.put(message, 0, TEXTS);
        CharsetEncoder encoder = charset.newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer in = CharBuffer.wrap(texts);
        CoderResult result = encoder.encode(in, out, true);
        if (result.isError()) {
            throw new Untranslatable(Character.toString(texts.codePointAt(in.position())), encoding);
        }
        encoder.flush(out);
        byte[] encoded = new byte[out.position()];
        out.flip().get(encoded);
        ByteBuffer.wrap(encoded).putInt(1, encoded.length - 1);
        return encoded;
    }

    /// Whether notifications can be told in this encoding.
    static boolean isKnown(String encoding) {
        return encoding.equals("UTF8") || encoding.equals("SQL_ASCII") || charset(encoding) != null;
    }

    private static boolean isAscii(byte[] message) {
        for (int i = TEXTS; i < message.length; i++) {
            if (message[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Charset charset(String encoding) {
        String name = JAVA_NAMES.get(encoding.toUpperCase(Locale.ROOT));
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : null;
    }
}
