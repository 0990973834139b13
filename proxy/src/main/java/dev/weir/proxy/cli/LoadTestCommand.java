package dev.weir.proxy.cli;

import dev.weir.proxy.app.Signals;
import dev.weir.proxy.loadtest.Criteria;
import dev.weir.proxy.loadtest.HtmlReport;
import dev.weir.proxy.loadtest.JsonReport;
import dev.weir.proxy.loadtest.LoadPlan;
import dev.weir.proxy.loadtest.LoadReport;
import dev.weir.proxy.loadtest.LoadResult;
import dev.weir.proxy.loadtest.LoadRun;
import dev.weir.proxy.loadtest.LoadTarget;
import dev.weir.proxy.loadtest.Progress;
import dev.weir.proxy.loadtest.TextReport;
import dev.weir.proxy.loadtest.Workload;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `weir loadtest`: what many clients at a time would meet.
@Command(
        name = "loadtest",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        sortOptions = false,
        description = "Load a pooler or a server as many clients would, and tell whether it bears that.",
        footer = {
            "",
            "Ctrl-C ends the test early; the report is of what was measured until then.",
            "Ends with 0 when all criteria are met (PASS), with 1 when not (FAIL), with 2 when the command line is"
                    + " wrong."
        })
final class LoadTestCommand implements Callable<Integer> {

    private static final int CLIENTS_MAX = 100_000;

    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            description = "What to load: postgresql://user:password@host:port/database. Given twice, both are loaded in"
                    + " turn, and the report compares the first with the second.")
    private List<String> urls = new ArrayList<>();

    @Option(
            names = {"-c", "--concurrent"},
            paramLabel = "N",
            defaultValue = "50",
            description = "Clients. Default: ${DEFAULT-VALUE}.")
    private int clients;

    @Option(
            names = {"-t", "--duration"},
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long all of them are at work. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Duration duration;

    @Option(
            names = "--ramp-up",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationConverter.class,
            description = "Over which time they begin. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Duration rampUp;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "100ms",
            converter = DurationConverter.class,
            description =
                    "Each client asks so often, and latencies count from when a request was due. 0: as soon as the"
                            + " last request is answered. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Duration interval;

    @Option(
            names = "--query-type",
            paramLabel = "TYPE",
            defaultValue = "mixed",
            description =
                    "simple, complex, mixed, or a file with SQL, which is one request. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String queryType;

    @Option(
            names = "--requests-per-connection",
            paramLabel = "N",
            defaultValue = "0",
            description = "Connect anew after so many requests; 0: never. Default: ${DEFAULT-VALUE}.")
    private int requestsPerConnection;

    @Option(
            names = "--min-success",
            paramLabel = "PERCENT",
            defaultValue = "99",
            description = "Criterion: more than this share of requests goes well. Default: ${DEFAULT-VALUE}.")
    private double minSuccess;

    @Option(
            names = "--max-acquisition-p95",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = DurationConverter.class,
            description = "Criterion: 95 %% of the connections are there in less. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Duration maxAcquisitionP95;

    @Option(
            names = "--max-query-p95",
            paramLabel = "TIME",
            defaultValue = "500ms",
            converter = DurationConverter.class,
            description = "Criterion: 95 %% of the requests are answered in less. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Duration maxQueryP95;

    @Option(
            names = "--max-query-p99",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Criterion: 99 %% of the requests are answered in less.")
    private @Nullable Duration maxQueryP99;

    @Option(
            names = "--min-throughput",
            paramLabel = "N",
            defaultValue = "0",
            description = "Criterion: so many requests per second are answered.")
    private double minThroughput;

    @Option(
            names = "--report-file",
            paramLabel = "FILE",
            description =
                    "Write the report to FILE as well: as a page with plots if its name ends in .html, as JSON if in"
                            + " .json, else as text. May be given several times.")
    private List<Path> reportFiles = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicReference<@Nullable LoadRun> running = new AtomicReference<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        LoadPlan plan = new LoadPlan(clients, duration, rampUp, interval, requestsPerConnection, workload());
        require(clients >= 1 && clients <= CLIENTS_MAX, "--concurrent must be 1 to " + CLIENTS_MAX);
        require(duration.isPositive(), "--duration must be more than 0");
        require(requestsPerConnection >= 0, "--requests-per-connection must not be negative");
        require(urls.size() <= 2, "--url may be given once or twice");
        List<LoadTarget> targets = targets();
        Signals.installStop(this::stop);
        List<LoadResult> results = new ArrayList<>();
        for (LoadTarget target : targets) {
            if (!stopped.get()) {
                results.add(run(target, plan));
            }
        }
        Criteria criteria = new Criteria(minSuccess, maxAcquisitionP95, maxQueryP95, maxQueryP99, minThroughput);
        LoadReport report = new LoadReport(plan, criteria, results);
        spec.commandLine().getOut().print("\n" + TextReport.of(report));
        spec.commandLine().getOut().flush();
        for (Path file : reportFiles) {
            write(report, file);
        }
        return report.passed() ? ExitStatus.OK : ExitStatus.FAILED;
    }

    @SuppressWarnings("SystemConsoleNull") // Java 22 to 24 had one without a terminal, others have none
    private LoadResult run(LoadTarget target, LoadPlan plan) throws InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        err.println("Loading " + target.label() + " ...");
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        LoadRun run = new LoadRun(target, plan, new Progress(err, terminal, plan));
        running.set(run);
        if (stopped.get()) {
            run.stop();
        }
        return run.run();
    }

    private void stop() {
        stopped.set(true);
        LoadRun run = running.get();
        if (run != null) {
            run.stop();
        }
    }

    private List<LoadTarget> targets() {
        try {
            return urls.stream().map(LoadTarget::of).toList();
        } catch (IllegalArgumentException e) {
            throw wrong("--url: " + e.getMessage());
        }
    }

    private Workload workload() throws IOException {
        return switch (queryType) {
            case "simple" -> Workload.simple();
            case "complex" -> Workload.complex();
            case "mixed" -> Workload.mixed();
            default -> {
                try {
                    yield Workload.of(Path.of(queryType));
                } catch (NoSuchFileException e) {
                    throw wrong("--query-type is simple, complex, mixed or a file, and there is no file " + queryType);
                } catch (IllegalArgumentException e) {
                    throw wrong("--query-type: " + e.getMessage());
                }
            }
        };
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw wrong(message);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static void write(LoadReport report, Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        Files.writeString(
                file,
                name.endsWith(".html")
                        ? HtmlReport.of(report)
                        : name.endsWith(".json") ? JsonReport.of(report) : TextReport.of(report));
    }
}
