package dev.weir.proxy.trace;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Finds `traceparent` in the comments around a statement, as sqlcommenter, Prisma and Rails write them:
/// `SELECT 1 /*action='show',traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'*/`.
///
/// Only comments before and behind everything else are looked into, so that what stands in a constant cannot
/// be taken for one, and a text without them costs a few bytes of reading, however long it is. Pure
/// functions; nothing is allocated but what is found.
public final class TraceParent {

    /// So many comments are looked into on each side.
    private static final int COMMENTS_MAX = 4;
    /// The longest comment that is looked into.
    private static final int COMMENT_BYTES_MAX = 8192;

    private static final byte[] KEY = "traceparent".getBytes(StandardCharsets.US_ASCII);

    private TraceParent() {}

    /// What the text says of its trace; null if it says nothing that is valid.
    ///
    /// @param in holds the text; its indexes are not moved
    /// @param start absolute index
    /// @param length without a terminator
    public static @Nullable TraceContext in(ByteBuf in, int start, int length) {
        int end = start + length;
        TraceContext behind = behind(in, start, end);
        return behind == null ? before(in, start, end) : behind;
    }

    private static @Nullable TraceContext behind(ByteBuf in, int start, int textEnd) {
        int end = textEnd;
        for (int i = 0; i < COMMENTS_MAX; i++) {
            while (end > start && (isBlank(in.getByte(end - 1)) || in.getByte(end - 1) == ';')) {
                end--;
            }
            if (end - start < 4 || in.getByte(end - 1) != '/' || in.getByte(end - 2) != '*') {
                return null;
            }
            int begin = end - 4;
            int limit = Math.max(start, end - COMMENT_BYTES_MAX);
            while (begin >= limit && !(in.getByte(begin) == '/' && in.getByte(begin + 1) == '*')) {
                begin--;
            }
            if (begin < limit) {
                return null;
            }
            TraceContext found = inComment(in, begin + 2, end - 2);
            if (found != null) {
                return found;
            }
            end = begin;
        }
        return null;
    }

    private static @Nullable TraceContext before(ByteBuf in, int textStart, int end) {
        int start = textStart;
        for (int i = 0; i < COMMENTS_MAX; i++) {
            while (start < end && isBlank(in.getByte(start))) {
                start++;
            }
            if (end - start < 4 || in.getByte(start) != '/' || in.getByte(start + 1) != '*') {
                return null;
            }
            int close = start + 2;
            int limit = Math.min(end - 1, start + COMMENT_BYTES_MAX);
            while (close < limit && !(in.getByte(close) == '*' && in.getByte(close + 1) == '/')) {
                close++;
            }
            if (close >= limit) {
                return null;
            }
            TraceContext found = inComment(in, start + 2, close);
            if (found != null) {
                return found;
            }
            start = close + 2;
        }
        return null;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    private static @Nullable TraceContext inComment(ByteBuf in, int start, int end) {
        int last = end - KEY.length;
        for (int i = start; i <= last; i++) {
            if (in.getByte(i) == KEY[0] && (i == start || !isName(in.getByte(i - 1))) && isKey(in, i)) {
                TraceContext found = value(new Value(in, i + KEY.length, end));
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static boolean isName(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '_' || b == '-';
    }

    private static boolean isKey(ByteBuf in, int at) {
        for (int i = 1; i < KEY.length; i++) {
            if (in.getByte(at + i) != KEY[i]) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable TraceContext value(Value value) {
        if (!value.begin()) {
            return null;
        }
        int version = (int) value.hex(2);
        value.dash();
        long traceHigh = value.hex(16);
        long traceLow = value.hex(16);
        value.dash();
        long spanId = value.hex(16);
        value.dash();
        int flags = (int) value.hex(2);
        boolean known = version == 0 ? value.isEnd() : version != 0xff && value.isEndOrMore();
        return known && !value.failed && (traceHigh | traceLow) != 0 && spanId != 0
                ? new TraceContext(traceHigh, traceLow, spanId, (flags & 1) != 0)
                : null;
    }

    /// What stands behind the key, character by character.
    private static final class Value {
        private final ByteBuf in;
        private final int end;
        private int at;
        private boolean failed;

        Value(ByteBuf in, int at, int end) {
            this.in = in;
            this.at = at;
            this.end = end;
        }

        /// Goes past `=` or `:` and a quote, which an escaping layer may have put a backslash before.
        boolean begin() {
            skipBlanks();
            if (at >= end || (in.getByte(at) != '=' && in.getByte(at) != ':')) {
                return false;
            }
            at++;
            skipBlanks();
            if (at < end && in.getByte(at) == '\\') {
                at++;
            }
            if (at < end && isQuote(in.getByte(at))) {
                at++;
            }
            return true;
        }

        private void skipBlanks() {
            while (at < end && isBlank(in.getByte(at))) {
                at++;
            }
        }

        private static boolean isQuote(int b) {
            return b == '\'' || b == '"';
        }

        /// The next character, percent-decoded; -1 at the end.
        private int next() {
            if (at >= end) {
                return -1;
            }
            int b = in.getByte(at++) & 0xff;
            if (b == '%' && end - at >= 2) {
                int high = Character.digit(in.getByte(at), 16);
                int low = Character.digit(in.getByte(at + 1), 16);
                if (high >= 0 && low >= 0) {
                    at += 2;
                    return (high << 4) | low;
                }
            }
            return b;
        }

        void dash() {
            failed |= next() != '-';
        }

        /// So many digits, of which the letters have to be small.
        long hex(int digits) {
            long value = 0;
            for (int i = 0; i < digits; i++) {
                int b = next();
                boolean small = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f');
                failed |= !small;
                value = (value << 4) | (Character.digit(b, 16) & 0xf);
            }
            return value;
        }

        boolean isEnd() {
            int b = next();
            return b < 0 || b == ',' || b == ';' || b == '\\' || isQuote(b) || isBlank((byte) b);
        }

        /// A later version may have more to say.
        boolean isEndOrMore() {
            int before = at;
            if (next() == '-') {
                return true;
            }
            at = before;
            return isEnd();
        }
    }
}
