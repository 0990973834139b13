package dev.weir.proxy.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// One entry of the log, before a target lays it out.
///
/// @param instant when it was logged
/// @param severity how grave it is
/// @param text what happened, with nothing in it that could pass for a line of its own
record LogLine(Instant instant, Severity severity, String text) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS z", Locale.ENGLISH);
    private static final long PID = ProcessHandle.current().pid();

    static LogLine of(ILoggingEvent event) {
        String text = withoutControls(event.getFormattedMessage());
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            text += "\n" + ThrowableProxyUtil.asString(thrown).stripTrailing();
        }
        return new LogLine(Instant.ofEpochMilli(event.getTimeStamp()), Severity.of(event), text);
    }

    /// The layout of PgBouncer's log: time, zone, pid, severity, text.
    byte[] laidOut(ZoneId zone) {
        return bytes("%s [%d] %s %s%n".formatted(TIME.format(instant.atZone(zone)), PID, severity, text));
    }

    /// The layout for a reader that knows time and pid by itself: severity as systemd reads it, then the text.
    byte[] laidOutForJournal() {
        return bytes("<%d>%s %s%n".formatted(severity.syslogCode(), severity, text));
    }

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    /// Names and messages come from clients: a line feed in one would let it write lines of its own.
    private static String withoutControls(String text) {
        int controls = 0;
        for (int i = 0; i < text.length(); i++) {
            controls += Character.isISOControl(text.charAt(i)) ? 1 : 0;
        }
        if (controls == 0) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length() + 3 * controls);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                clean.append("\\x").append(String.format(Locale.ROOT, "%02x", (int) c));
            } else {
                clean.append(c);
            }
        }
        return clean.toString();
    }
}
