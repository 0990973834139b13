package dev.weir.proxy.cli;

import dev.weir.proxy.app.Signals;
import dev.weir.proxy.bench.Bench;
import dev.weir.proxy.bench.BenchFailed;
import dev.weir.proxy.bench.BenchPlan;
import dev.weir.proxy.bench.BenchReport;
import dev.weir.proxy.bench.JsonReport;
import dev.weir.proxy.bench.MarkdownReport;
import dev.weir.proxy.bench.TextReport;
import dev.weir.proxy.log.LogPlan;
import dev.weir.proxy.log.ProcessLog;
import dev.weir.proxy.log.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `weir bench`: what Weir costs beside PgBouncer.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        sortOptions = false,
        description = "Measure Weir beside PgBouncer and PostgreSQL itself, in rounds that take turns.",
        footer = {
            "",
            "Ctrl-C ends it early; the report is of the workloads that were measured until then. docs/performance.md"
                    + " tells what is measured and how to read it.",
            "Ends with 0 when something was measured, with 1 when not, with 2 when the command line is wrong."
        })
final class BenchCommand implements Callable<Integer> {

    private static final int ROUNDS_MAX = 1000;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each is measured. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How long each time. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "10",
            description = "Seconds of load before the first round of each workload. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Only these workloads, separated by commas; --list tells their names.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--list", description = "List the workloads and end.")
    private boolean list;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Use this PostgreSQL in place of an embedded one: postgresql://user:password@host:port/database,"
                            + " with the tables of pgbench -i in it.")
    private @Nullable String url;

    @Option(names = "--pgbouncer", paramLabel = "PATH", description = "This PgBouncer in place of the installed one.")
    private @Nullable Path pgbouncer;

    @Option(
            names = "--weir",
            paramLabel = "NAME=PATH",
            description = "The launcher of another distribution of Weir, to compare with; may be given several times.")
    private List<String> weirs = new ArrayList<>();

    @Option(
            names = "--idle-clients",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Clients of the workload idle. Default: ${DEFAULT-VALUE}.")
    private int idleClients;

    @Option(
            names = "--copy-megabytes",
            paramLabel = "N",
            defaultValue = "1024",
            description = "How much is copied. Default: ${DEFAULT-VALUE}.")
    private int copyMegabytes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "5000",
            description = "Transactions per second of the workload open-loop. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--no-syscalls",
            description = "Do not count system calls, which perf or strace does in a round of its own.")
    private boolean noSyscalls;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON as well.")
    private @Nullable Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write the report as Markdown as well.")
    private @Nullable Path markdown;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        BenchPlan plan = plan();
        Map<String, String> workloads = Bench.workloads(plan);
        if (list) {
            workloads.forEach((name, title) -> spec.commandLine().getOut().println("%-14s %s".formatted(name, title)));
            return ExitStatus.OK;
        }
        only.forEach(name -> require(workloads.containsKey(name), "no workload is called " + name + "; see --list"));
        Thread bench = Thread.currentThread();
        Signals.installStop(bench::interrupt);
        ProcessLog.start(LogPlan.stderrOnly(Severity.WARNING));
        try {
            return run(plan);
        } finally {
            ProcessLog.stop();
        }
    }

    private int run(BenchPlan plan) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        err.println("Starting PostgreSQL ...");
        err.flush();
        BenchReport report;
        try (Bench bench = Bench.prepare(plan, line -> {
            err.println(line);
            err.flush();
        })) {
            try {
                bench.run(result -> {
                    out.println("\n" + TextReport.of(bench.report(), result));
                    out.flush();
                });
            } catch (InterruptedException _) {
                err.println("Stopped.");
            }
            report = bench.report();
        } catch (BenchFailed e) {
            err.println("weir: " + e.getMessage());
            return ExitStatus.FAILED;
        } catch (InterruptedException _) {
            err.println("Stopped.");
            return ExitStatus.FAILED;
        }
        out.println(TextReport.head(report));
        out.flush();
        write(json, JsonReport.of(report));
        write(markdown, MarkdownReport.of(report));
        return report.isEmpty() ? ExitStatus.FAILED : ExitStatus.OK;
    }

    private BenchPlan plan() {
        require(rounds >= 1 && rounds <= ROUNDS_MAX, "--rounds must be 1 to " + ROUNDS_MAX);
        require(seconds >= 1, "--seconds must be at least 1");
        require(warmUp >= 0, "--warm-up must not be negative");
        require(idleClients >= 1, "--idle-clients must be at least 1");
        require(copyMegabytes >= 1, "--copy-megabytes must be at least 1");
        require(rate >= 1, "--rate must be at least 1");
        return new BenchPlan(
                rounds,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUp),
                only,
                url,
                pgbouncer,
                others(),
                idleClients,
                copyMegabytes,
                rate,
                !noSyscalls);
    }

    private List<BenchPlan.OtherWeir> others() {
        try {
            return weirs.stream().map(BenchPlan.OtherWeir::of).toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--weir: " + e.getMessage());
        }
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private static void write(@Nullable Path file, String text) throws IOException {
        if (file != null) {
            Files.writeString(file, text);
        }
    }
}
