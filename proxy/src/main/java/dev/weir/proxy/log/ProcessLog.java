package dev.weir.proxy.log;

import ch.qos.logback.classic.LoggerContext;
import dev.weir.config.WeirConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The log of this process. There is one, as there is one standard error: hence the static methods.
///
/// Before [#start] and after [#stop] lines go to standard error as they come. Thread-safe.
public final class ProcessLog {

    /// Our own classes; libraries stay at warnings, whatever `-v` asks for.
    private static final String OURS = "dev.weir";

    private static final int QUEUE_LENGTH = 16_384;

    private static final LogAppender APPENDER = new LogAppender(new StderrTarget(System.getenv())::write);

    private static @Nullable LogWriter writer;
    private static LogPlan plan = LogPlan.stderrOnly(Severity.WARNING);
    private static LogPlan.CommandLine commandLine = new LogPlan.CommandLine(0, false);

    private ProcessLog() {}

    static LogAppender appender() {
        return APPENDER;
    }

    /// Starts logging as configuration and command line ask for.
    public static void start(WeirConfig config, LogPlan.CommandLine line) {
        synchronized (APPENDER) {
            commandLine = line;
            start(LogPlan.of(config, line));
        }
    }

    /// Starts logging by a plan that no configuration changes later.
    public static void start(LogPlan wanted) {
        synchronized (APPENDER) {
            LogWriter started = new LogWriter(wanted.open(System.getenv()), QUEUE_LENGTH);
            plan = wanted;
            setThreshold(wanted.threshold());
            APPENDER.redirect(started::write);
            LogWriter previous = writer;
            writer = started;
            if (previous != null) {
                previous.close();
            }
        }
    }

    /// Follows a new configuration and opens the log file anew. Does nothing when [#start] was not called, as in tests
    /// that run a pooler without a process around it.
    public static void reload(WeirConfig config) {
        synchronized (APPENDER) {
            if (writer != null) {
                plan = LogPlan.of(config, commandLine);
                setThreshold(plan.threshold());
                reopen();
            }
        }
    }

    /// Opens the log file anew, so that a rotated one is let go.
    public static void reopen() {
        synchronized (APPENDER) {
            LogWriter running = writer;
            LogPlan current = plan;
            if (running != null) {
                running.reopen(() -> current.open(System.getenv()));
            }
        }
    }

    /// Writes what is still queued and closes the targets; waits for at most a few seconds.
    public static void stop() {
        synchronized (APPENDER) {
            LogWriter running = writer;
            if (running != null) {
                APPENDER.redirect(new StderrTarget(System.getenv())::write);
                running.close();
                writer = null;
            }
        }
    }

    private static void setThreshold(Severity threshold) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(OURS).setLevel(threshold.level());
    }
}
