package dev.weir.proxy.log;

import dev.weir.config.SyslogFacility;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.LogSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is logged, and where to.
///
/// @param threshold the least grave that is logged
/// @param stderr whether standard error gets lines
/// @param logfile the file to append to, or null
/// @param syslog the name and facility for syslog, or null
public record LogPlan(
        Severity threshold,
        boolean stderr,
        @Nullable Path logfile,
        @Nullable SyslogName syslog) {

    /// Under which name and facility lines go to syslog.
    public record SyslogName(String ident, SyslogFacility facility) {}

    /// What the command line adds to the configuration.
    ///
    /// @param verbosity how often `-v` was given
    /// @param quiet whether standard error is left alone (`-q`, `-d`)
    public record CommandLine(int verbosity, boolean quiet) {}

    /// Lines of at least this severity to standard error, nothing else.
    public static LogPlan stderrOnly(Severity threshold) {
        return new LogPlan(threshold, true, null, null);
    }

    /// What configuration and command line ask for together.
    public static LogPlan of(WeirConfig config, CommandLine line) {
        String logfile = config.get(LogSettings.LOGFILE);
        SyslogName syslog = config.get(LogSettings.SYSLOG)
                ? new SyslogName(config.get(LogSettings.SYSLOG_IDENT), config.get(LogSettings.SYSLOG_FACILITY))
                : null;
        return new LogPlan(
                threshold(config.get(LogSettings.VERBOSE) + line.verbosity()),
                !line.quiet(),
                logfile.isEmpty() ? null : Path.of(logfile),
                syslog);
    }

    /// Whether lines go anywhere but to standard error.
    public boolean hasTargetOfItsOwn() {
        return logfile != null || syslog != null;
    }

    private static Severity threshold(int verbosity) {
        return switch (verbosity) {
            case 0 -> Severity.LOG;
            case 1 -> Severity.DEBUG;
            default -> Severity.NOISE;
        };
    }

    /// Opens the targets anew.
    List<LogTarget> open(Map<String, String> environment) {
        StderrTarget console = new StderrTarget(environment);
        List<LogTarget> targets = new ArrayList<>();
        if (stderr) {
            targets.add(console);
        }
        if (logfile != null) {
            targets.add(new FileTarget(logfile, console));
        }
        if (syslog != null) {
            targets.add(new SyslogTarget(syslog.ident(), syslog.facility()));
        }
        return targets;
    }
}
