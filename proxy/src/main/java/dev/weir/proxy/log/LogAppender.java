package dev.weir.proxy.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.function.Consumer;

/// The end of logback and the beginning of our log. Thread-safe.
final class LogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    private volatile Consumer<LogLine> sink;

    LogAppender(Consumer<LogLine> sink) {
        this.sink = sink;
    }

    void redirect(Consumer<LogLine> other) {
        sink = other;
    }

    @Override
    protected void append(ILoggingEvent event) {
        sink.accept(LogLine.of(event));
    }
}
