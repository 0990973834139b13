package dev.weir.proxy.wire;

import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an ErrorResponse or a NoticeResponse says ("Error and Notice Message Fields"). Immutable.
///
/// @param severity fields S and V
/// @param sqlState field C, five characters
/// @param message field M
/// @param detail field D
/// @param hint field H
/// @param others all other fields by their type byte, in the order of arrival; empty for errors of our own
public record PgError(
        Severity severity,
        String sqlState,
        String message,
        @Nullable String detail,
        @Nullable String hint,
        Map<Character, String> others) {

    /// How bad it is. Of these only FATAL and PANIC end the session.
    public enum Severity {
        /// The command failed.
        ERROR,
        /// The session ends.
        FATAL,
        /// All sessions of the server end.
        PANIC,
        /// A notice: something may be wrong.
        WARNING,
        /// A notice.
        NOTICE,
        /// A notice for developers.
        DEBUG,
        /// A notice that was asked for.
        INFO,
        /// A notice meant for the server's log.
        LOG;

        private static Severity of(@Nullable String text) {
            if (text != null) {
                for (Severity severity : values()) {
                    if (text.startsWith(severity.name())) {
                        return severity;
                    }
                }
            }
            // A server before 9.6, in another language: it sends no V, and S is translated.
            return ERROR;
        }
    }

    /// Copies the map.
    public PgError {
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
    }

    /// A FATAL error: the connection is closed after it.
    public static PgError fatal(SqlState sqlState, String message) {
        return new PgError(Severity.FATAL, sqlState.code(), message, null, null, Map.of());
    }

    /// An ERROR: the session goes on.
    public static PgError error(SqlState sqlState, String message) {
        return new PgError(Severity.ERROR, sqlState.code(), message, null, null, Map.of());
    }

    /// A NOTICE with SQLSTATE 00000.
    public static PgError notice(String message) {
        return new PgError(Severity.NOTICE, SqlState.SUCCESSFUL_COMPLETION.code(), message, null, null, Map.of());
    }

    /// The same with a detail.
    public PgError withDetail(String newDetail) {
        return new PgError(severity, sqlState, message, newDetail, hint, others);
    }

    /// The same with a hint.
    public PgError withHint(String newHint) {
        return new PgError(severity, sqlState, message, detail, newHint, others);
    }

    /// The same with another severity.
    public PgError withSeverity(Severity newSeverity) {
        return new PgError(newSeverity, sqlState, message, detail, hint, others);
    }

    /// Whether the sender closes the connection after it.
    public boolean endsSession() {
        return severity == Severity.FATAL || severity == Severity.PANIC;
    }

    /// Whether it has this SQLSTATE.
    public boolean is(SqlState state) {
        return state.code().equals(sqlState);
    }

    /// Appends it as a whole ErrorResponse, or as a NoticeResponse if the severity is that of a notice.
    public void write(ByteBuf out) {
        boolean isError = severity == Severity.ERROR || endsSession();
        int length = MessageFrame.begin(out, isError ? BackendType.ERROR_RESPONSE : BackendType.NOTICE_RESPONSE);
        writeField(out, 'S', severity.name());
        writeField(out, 'V', severity.name());
        writeField(out, 'C', sqlState);
        writeField(out, 'M', message);
        writeField(out, 'D', detail);
        writeField(out, 'H', hint);
        others.forEach((type, text) -> writeField(out, type, text));
        out.writeByte(0);
        MessageFrame.end(out, length);
    }

    private static void writeField(ByteBuf out, char type, @Nullable String text) {
        if (text != null) {
            out.writeByte(type);
            // An error must get through whatever is quoted in it, so a NUL is shown, not refused.
            MessageFrame.cString(out, text.replace('\0', '\ufffd'));
        }
    }

    /// Reads the body of an ErrorResponse or NoticeResponse. Bytes that are not UTF-8 (the server speaks the client's
    /// encoding, or before the login its own) are replaced, not refused.
    ///
    /// @param buf holds the body; its indexes are not moved
    /// @param bodyStart absolute index of the first byte behind the length
    /// @param bodyLength length of the body in bytes, all of which must be there
    /// @throws ProtocolViolation if the body is not a list of terminated fields
    public static PgError read(ByteBuf buf, int bodyStart, int bodyLength) {
        FieldReader body = new FieldReader(buf, bodyStart, bodyLength);
        Map<Character, String> fields = new LinkedHashMap<>();
        for (byte type = body.int8(); type != 0; type = body.int8()) {
            fields.put((char) (type & 0xff), body.cStringLossy());
        }
        body.end();
        String localized = fields.remove('S');
        String severity = fields.remove('V');
        String sqlState = fields.remove('C');
        String message = fields.remove('M');
        String detail = fields.remove('D');
        String hint = fields.remove('H');
        return new PgError(
                Severity.of(severity != null ? severity : localized),
                Objects.requireNonNullElse(sqlState, SqlState.INTERNAL_ERROR.code()),
                Objects.requireNonNullElse(message, ""),
                detail,
                hint,
                fields);
    }
}
