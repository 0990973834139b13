package dev.weir.proxy.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/// How grave a line is, by the names that PgBouncer prints.
public enum Severity {
    /// The process ends because of it.
    FATAL(2),
    ERROR(3),
    WARNING(4),
    /// What an operator acts on: SLF4J's INFO.
    LOG(6),
    DEBUG(7),
    /// SLF4J's TRACE.
    NOISE(7);

    /// Marks an ERROR of SLF4J as [#FATAL], a level that SLF4J does not have.
    public static final Marker FATAL_MARKER = MarkerFactory.getMarker("FATAL");

    private final int syslogCode;

    Severity(int syslogCode) {
        this.syslogCode = syslogCode;
    }

    /// The numerical code of RFC 5424, section 6.2.1.
    int syslogCode() {
        return syslogCode;
    }

    static Severity of(ILoggingEvent event) {
        List<Marker> markers = event.getMarkerList();
        if (markers != null && markers.contains(FATAL_MARKER)) {
            return FATAL;
        }
        return switch (event.getLevel().toInt()) {
            case Level.ERROR_INT -> ERROR;
            case Level.WARN_INT -> WARNING;
            case Level.INFO_INT -> LOG;
            case Level.DEBUG_INT -> DEBUG;
            default -> NOISE;
        };
    }

    Level level() {
        return switch (this) {
            case FATAL, ERROR -> Level.ERROR;
            case WARNING -> Level.WARN;
            case LOG -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case NOISE -> Level.TRACE;
        };
    }
}
