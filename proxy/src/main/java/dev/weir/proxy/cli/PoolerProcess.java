package dev.weir.proxy.cli;

import dev.weir.config.WeirConfig;
import dev.weir.config.check.Problem;
import dev.weir.config.setting.GeneralSettings;
import dev.weir.proxy.Version;
import dev.weir.proxy.app.Daemon;
import dev.weir.proxy.app.PidFile;
import dev.weir.proxy.app.Pooler;
import dev.weir.proxy.app.PoolerSignals;
import dev.weir.proxy.app.ServiceNotifier;
import dev.weir.proxy.app.Signals;
import dev.weir.proxy.app.SocketActivation;
import dev.weir.proxy.app.StartupFailed;
import dev.weir.proxy.app.TakeOver;
import dev.weir.proxy.app.UserSwitch;
import dev.weir.proxy.log.LogPlan;
import dev.weir.proxy.log.ProcessLog;
import dev.weir.proxy.log.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process around one pooler: user, log, pidfile and signals, in the order in which each can rely on the one
/// before.
/// Used once, by the main thread.
final class PoolerProcess {

    private static final Logger LOGGER = LoggerFactory.getLogger(PoolerProcess.class);

    private final WeirConfig config;
    private final Path file;
    private final LogPlan.CommandLine logging;
    private final boolean daemon;
    private final boolean takesOver;

    /// @param takesOver whether to take the sockets of the process that runs already (`-R`)
    PoolerProcess(WeirConfig config, Path file, LogPlan.CommandLine logging, boolean daemon, boolean takesOver) {
        this.config = config;
        this.file = file;
        this.logging = logging;
        this.daemon = daemon;
        this.takesOver = takesOver;
    }

    /// Starts the pooler, serves, and returns the exit status when it has ended.
    ///
    /// @param user whom to become in place of the configuration's `user`, or null
    /// @param problems what is to be warned about in the configuration
    /// @throws StartupFailed if it could not start; the reason has been logged
    int run(@Nullable String user, List<Problem> problems) throws StartupFailed {
        try {
            String wanted = user == null ? config.get(GeneralSettings.USER) : user;
            if (!wanted.isEmpty()) {
                UserSwitch.become(wanted);
            }
            checkDaemon();
            ProcessLog.start(config, logging);
            LOGGER.debug("configured by {}", file.toAbsolutePath());
            problems.forEach(problem -> LOGGER.warn("{}", problem));
            if (UserSwitch.isRoot()) {
                LOGGER.warn("running as root; set user, or start Weir as an ordinary user");
            }
            return takesOver ? succeed() : begin();
        } catch (StartupFailed e) {
            LOGGER.error(Severity.FATAL_MARKER, "{}", e.getMessage());
            LOGGER.debug("why it failed", e);
            throw e;
        } finally {
            ProcessLog.stop();
        }
    }

    private int begin() throws StartupFailed {
        String pidFile = config.get(GeneralSettings.PIDFILE);
        try (PidFile _ = pidFile.isEmpty() ? null : PidFile.take(Path.of(pidFile))) {
            return serve(Pooler.start(config, file, System.getenv(), SocketActivation.ofThisProcess()));
        }
    }

    private int succeed() throws StartupFailed {
        if (!SocketActivation.ofThisProcess().isEmpty()) {
            throw new StartupFailed("-R cannot be used with sockets of the service manager");
        }
        TakeOver takeOver = TakeOver.begin(config).orElse(null);
        if (takeOver == null) {
            return begin();
        }
        String path = config.get(GeneralSettings.PIDFILE);
        try (PidFile pidFile = path.isEmpty() ? null : PidFile.succeed(Path.of(path))) {
            Runnable claim = pidFile == null ? () -> {} : pidFile::claim;
            Pooler pooler;
            try (takeOver) {
                pooler = Pooler.succeed(config, file, System.getenv(), takeOver, claim);
            }
            return serve(pooler);
        }
    }

    private int serve(Pooler pooler) {
        CompletableFuture<Integer> exitStatus = pooler.termination().toCompletableFuture();
        ServiceNotifier notifier =
                ServiceNotifier.of(System.getenv(), ProcessHandle.current().pid());
        pooler.shutdownBegin().thenRun(notifier::stopping);
        pooler.tellStats(notifier::status);
        Signals.install(new PoolerSignals(pooler, notifier, exitStatus));
        LOGGER.info("process up: {}, netty {}, java {}", Version.nameAndNumber(), Version.netty(), Runtime.version());
        notifier.ready();
        notifier.status("serving");
        if (!notifier.aliveInterval().isZero()) {
            pooler.showLife(notifier.aliveInterval(), notifier::alive);
        }
        if (daemon) {
            announce();
        }
        return exitStatus.join();
    }

    private void checkDaemon() throws StartupFailed {
        if (!daemon) {
            return;
        }
        if (config.get(GeneralSettings.PIDFILE).isEmpty()) {
            throw new StartupFailed("-d needs pidfile to be set");
        }
        if (!LogPlan.of(config, logging).hasTargetOfItsOwn()) {
            throw new StartupFailed("-d needs logfile or syslog to be set");
        }
    }

    private static void announce() {
        try {
            Daemon.announce();
        } catch (IOException e) {
            LOGGER.warn("whoever started this process no longer waits for it: {}", e.getMessage());
        }
    }
}
