package dev.weir.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LogLineTest {

    private static final Instant INSTANT = Instant.parse("2026-07-10T12:00:00.123Z");

    @Test
    void hasPgBouncersLayout() {
        LogLine line = new LogLine(INSTANT, Severity.LOG, "C-0x1: db/user@127.0.0.1:5 login attempt");
        assertThat(new String(line.laidOut(ZoneId.of("UTC")), StandardCharsets.UTF_8))
                .isEqualTo("2026-07-10 12:00:00.123 UTC [%d] LOG C-0x1: db/user@127.0.0.1:5 login attempt%n"
                        .formatted(ProcessHandle.current().pid()));
    }

    @Test
    void namesTheLocalZone() {
        LogLine line = new LogLine(INSTANT, Severity.LOG, "x");
        assertThat(new String(line.laidOut(ZoneId.of("Europe/Berlin")), StandardCharsets.UTF_8))
                .startsWith("2026-07-10 14:00:00.123 CEST [");
    }

    @Test
    void leavesTimeAndPidToTheJournal() {
        LogLine line = new LogLine(INSTANT, Severity.WARNING, "pooler error: x");
        assertThat(new String(line.laidOutForJournal(), StandardCharsets.UTF_8))
                .isEqualTo("<4>WARNING pooler error: x\n");
    }

    @ParameterizedTest
    @CsvSource({"ERROR,ERROR", "WARN,WARNING", "INFO,LOG", "DEBUG,DEBUG", "TRACE,NOISE"})
    void usesPgBouncersNamesOfLevels(String level, Severity severity) {
        assertThat(LogLine.of(event(Level.toLevel(level), "x")).severity()).isEqualTo(severity);
    }

    @Test
    void tellsFatalErrorsByTheirMarker() {
        LoggingEvent event = event(Level.ERROR, "x");
        event.addMarker(Severity.FATAL_MARKER);
        assertThat(LogLine.of(event).severity()).isEqualTo(Severity.FATAL);
    }

    @Test
    void keepsAMessageFromForgingLines() {
        assertThat(LogLine.of(event(Level.INFO, "user=a\n2026 LOG forged\r\u001b[31m"))
                        .text())
                .isEqualTo("user=a\\x0a2026 LOG forged\\x0d\\x1b[31m");
    }

    private static LoggingEvent event(Level level, String message) {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(new LoggerContext());
        event.setLevel(level);
        event.setMessage(message);
        event.setTimeStamp(INSTANT.toEpochMilli());
        return event;
    }
}
