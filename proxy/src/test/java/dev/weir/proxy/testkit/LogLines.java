package dev.weir.proxy.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/// What one class logs from level INFO on, instead of going to where logs go.
public final class LogLines implements AutoCloseable {
    private final Logger logger;
    private final Recorder recorder = new Recorder();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private LogLines(Logger logger) {
        this.logger = logger;
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(recorder);
        recorder.start();
    }

    /// Listens until it is closed.
    public static LogLines of(Class<?> type) {
        return new LogLines((Logger) LoggerFactory.getLogger(type));
    }

    /// Listens to a logger by its name, for classes that only their package knows.
    public static LogLines of(String name) {
        return new LogLines((Logger) LoggerFactory.getLogger(name));
    }

    /// Level and text of each line so far, such as `ERROR no such file`.
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.detachAppender(recorder);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private final class Recorder extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    }
}
