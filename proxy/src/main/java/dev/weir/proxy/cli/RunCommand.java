package dev.weir.proxy.cli;

import dev.weir.proxy.app.Daemon;
import dev.weir.proxy.app.StartupFailed;
import dev.weir.proxy.log.LogPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir run`: the pooler, with PgBouncer's options.
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        sortOptions = false,
        description = "Run the pooler.",
        footer = {
            "",
            "Signals: HUP reloads; TERM waits for clients (with shutdown_drain_timeout: has them leave between two"
                    + " transactions) and ends, INT waits for servers and ends, a second one ends"
                    + " at once, as does QUIT; USR1 pauses, USR2 resumes.",
            "Ends with 0 after a shutdown, with 1 when it could not start."
        })
final class RunCommand implements Callable<Integer> {

    /// Set by the launcher, which puts the process into the background for `-d`.
    private static final String IN_BACKGROUND = "weir.daemon";

    @Option(
            names = {"-v", "--verbose"},
            description = "Log more; twice: much more.")
    private boolean[] verbose = {};

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not log to standard error.")
    private boolean quiet;

    @Option(
            names = {"-d", "--daemon"},
            description = "Run in the background; needs pidfile, and logfile or syslog.")
    private boolean daemon;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Become this user when started as root.")
    private @Nullable String user;

    @Option(
            names = {"-R", "--reboot"},
            description =
                    "Online restart: take the sockets of the process that runs with this configuration; it serves the"
                            + " clients that it has and ends with the last of them.")
    private boolean reboot;

    @Parameters(paramLabel = "CONFIG", description = "The configuration: TOML, or a pgbouncer.ini.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (daemon) {
            if (!Boolean.getBoolean(IN_BACKGROUND)) {
                err.println("weir: -d works only through the weir launcher");
                return ExitStatus.FAILED;
            }
            Daemon.detach();
        }
        ConfigProblems loaded = ConfigProblems.load(file, System.getenv());
        if (loaded.config() == null) {
            loaded.print(err);
            err.println("weir: " + file + " cannot be used: " + loaded.summary());
            return ExitStatus.FAILED;
        }
        LogPlan.CommandLine logging = new LogPlan.CommandLine(verbose.length, quiet || daemon);
        PoolerProcess process = new PoolerProcess(loaded.config(), file, logging, daemon, reboot);
        try {
            return process.run(user, loaded.problems());
        } catch (StartupFailed e) {
            if (logging.quiet()) {
                err.println("weir: " + e.getMessage());
            }
            return ExitStatus.FAILED;
        }
    }
}
