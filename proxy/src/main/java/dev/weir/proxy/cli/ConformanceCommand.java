package dev.weir.proxy.cli;

import dev.weir.proxy.conformance.Check;
import dev.weir.proxy.conformance.CheckGroup;
import dev.weir.proxy.conformance.Column;
import dev.weir.proxy.conformance.Conformance;
import dev.weir.proxy.conformance.ConformanceFailed;
import dev.weir.proxy.conformance.LocalTargets;
import dev.weir.proxy.conformance.Report;
import dev.weir.proxy.conformance.Target;
import dev.weir.proxy.log.LogPlan;
import dev.weir.proxy.log.ProcessLog;
import dev.weir.proxy.log.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `weir conformance`: which features of a session work through Weir, or through another pooler.
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        description = "Check which features of a PostgreSQL session work in transaction mode on two servers.",
        footer = {
            "",
            "Without --url it starts an embedded PostgreSQL, Weir in front of it and, where it is installed, PgBouncer,"
                    + " and compares them. With --url it makes a schema weir_check in that database and drops it at"
                    + " the end; set the pool size to 2.",
            "Ends with 0 when Weir, or the one at the URL, passes all checks, with 1 otherwise."
        })
final class ConformanceCommand implements Callable<Integer> {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Check this server or pooler instead: postgresql://user:password@host:port/database")
    private @Nullable String url;

    @Option(
            names = "--only",
            paramLabel = "PREFIX",
            description = "Run only the checks whose names begin so; may be given several times.")
    private List<String> prefixes = new ArrayList<>();

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write the report as Markdown as well.")
    private @Nullable Path markdown;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON as well.")
    private @Nullable Path json;

    @Option(
            names = {"-v", "--verbose"},
            description = "Tell each outcome at once, and show the log of Weir.")
    private boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<CheckGroup> groups = chosen();
        if (groups.isEmpty()) {
            spec.commandLine().getErr().println("weir: no check is named so");
            return ExitStatus.USAGE;
        }
        ProcessLog.start(LogPlan.stderrOnly(verbose ? Severity.LOG : Severity.ERROR));
        try {
            String given = url;
            return given == null ? compare(groups) : check(groups, Target.of(given));
        } catch (ConformanceFailed e) {
            spec.commandLine().getErr().println("weir: " + e.getMessage());
            return ExitStatus.FAILED;
        } finally {
            ProcessLog.stop();
        }
    }

    private List<CheckGroup> chosen() {
        return Conformance.groups().stream()
                .map(group -> new CheckGroup(
                        group.title(),
                        group.checks().stream().filter(this::isChosen).toList()))
                .filter(group -> !group.checks().isEmpty())
                .toList();
    }

    private boolean isChosen(Check check) {
        return prefixes.isEmpty() || prefixes.stream().anyMatch(check.id()::startsWith);
    }

    private int compare(List<CheckGroup> groups) throws ConformanceFailed, IOException {
        spec.commandLine().getErr().println("Starting PostgreSQL and Weir ...");
        try (LocalTargets targets = LocalTargets.start()) {
            List<Column> columns = new ArrayList<>();
            for (Target target : targets.all()) {
                columns.add(column(groups, target));
            }
            tell(new Report(groups, columns));
            Column weir = columns.get(targets.all().indexOf(targets.weir()));
            return weir.isPerfect() ? ExitStatus.OK : ExitStatus.FAILED;
        }
    }

    private int check(List<CheckGroup> groups, Target target) throws ConformanceFailed, IOException {
        Column column = column(groups, target);
        tell(new Report(groups, List.of(column)));
        return column.isPerfect() ? ExitStatus.OK : ExitStatus.FAILED;
    }

    private Column column(List<CheckGroup> groups, Target target) throws ConformanceFailed {
        PrintWriter err = spec.commandLine().getErr();
        List<Check> checks =
                groups.stream().flatMap(group -> group.checks().stream()).toList();
        err.println("Checking %s ...".formatted(target.label()));
        err.flush();
        return Conformance.run(target, checks, (check, outcome) -> {
            if (verbose) {
                err.println("%s: %s".formatted(check.id(), outcome));
            }
        });
    }

    private void tell(Report report) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.print(report.text());
        out.flush();
        if (markdown != null) {
            Files.writeString(markdown, report.markdown());
        }
        if (json != null) {
            Files.writeString(json, report.json());
        }
    }
}
