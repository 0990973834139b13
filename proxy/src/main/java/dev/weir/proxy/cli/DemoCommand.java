package dev.weir.proxy.cli;

import dev.weir.proxy.app.Signals;
import dev.weir.proxy.demo.Demo;
import dev.weir.proxy.demo.DemoFailed;
import dev.weir.proxy.log.LogPlan;
import dev.weir.proxy.log.ProcessLog;
import dev.weir.proxy.log.Severity;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir demo`: something to connect to within seconds.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        description = "Run an embedded PostgreSQL with sample tables and Weir in front of it, until Ctrl-C.",
        footer = {
            "",
            "Everything listens on this machine only and lives in a temporary directory ($TMPDIR, or /tmp) that is"
                    + " removed at the end. Ends with 0 when it was stopped, with 1 when it could not start."
        })
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = {"-v", "--verbose"},
            description = "Show the log of Weir; twice: that of PostgreSQL as well.")
    private boolean[] verbose = {};

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        // Before anything is started, so that a signal in the middle ends as cleanly as one later.
        Signals.installStop(() -> stopped.complete(null));
        ProcessLog.start(LogPlan.stderrOnly(threshold()));
        out.println("Starting PostgreSQL and Weir ...");
        out.flush();
        try (Demo demo = Demo.start()) {
            out.println(demo.instructions());
            out.flush();
            CompletableFuture<Integer> termination = demo.termination().toCompletableFuture();
            CompletableFuture.anyOf(stopped, termination).join();
            out.println("Stopping ...");
            out.flush();
            demo.stop();
            return termination.join();
        } catch (DemoFailed e) {
            spec.commandLine().getErr().println("weir: " + e.getMessage());
            return ExitStatus.FAILED;
        } finally {
            ProcessLog.stop();
        }
    }

    private Severity threshold() {
        return switch (verbose.length) {
            case 0 -> Severity.WARNING;
            case 1 -> Severity.LOG;
            default -> Severity.DEBUG;
        };
    }
}
