package dev.weir.proxy.cli;

import dev.weir.config.check.Problem;
import dev.weir.proxy.doctor.Diagnosis;
import dev.weir.proxy.doctor.DiagnosisJson;
import dev.weir.proxy.doctor.Doctor;
import dev.weir.proxy.doctor.Finding;
import dev.weir.proxy.doctor.Level;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir doctor`: holds a configuration against the servers that it names, and starts nothing.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        description = "Check a configuration against its servers: names, addresses, TLS, logins, limits, timeouts.",
        footer = {
            "",
            "Prints a line for each finding: OK, SKIP (could not be looked at), WARN or FAIL, and behind an arrow what"
                    + " to write instead.",
            "Ends with 0 when all is well, with 1 after a warning, with 2 after a failure."
        })
final class DoctorCommand implements Callable<Integer> {

    private static final Duration PATIENCE_MAX = Duration.ofMinutes(10);

    enum Format {
        text,
        json
    }

    @Parameters(
            paramLabel = "CONFIG",
            arity = "0..1",
            defaultValue = "weir.toml",
            description = "The configuration: TOML, or a pgbouncer.ini. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text or json. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Format format;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            converter = DurationConverter.class,
            description = "How long to wait for each answer. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Duration timeout;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!timeout.isPositive() || timeout.compareTo(PATIENCE_MAX) > 0) {
            throw new ParameterException(spec.commandLine(), "--timeout must be more than 0, and 10 minutes at most");
        }
        PrintWriter out = spec.commandLine().getOut();
        Diagnosis diagnosis = new Diagnosis(finding -> {
            if (format == Format.text) {
                out.println(finding);
                out.flush();
            }
        });
        ConfigProblems checked = ConfigProblems.load(file, System.getenv());
        for (Problem problem : checked.problems()) {
            diagnosis.add(finding(problem));
        }
        if (checked.config() != null) {
            new Doctor(checked.config(), timeout, diagnosis).examine();
        }
        if (format == Format.json) {
            out.print(DiagnosisJson.of(file.toString(), diagnosis));
        } else {
            out.println(file + ": " + diagnosis.summary());
        }
        out.flush();
        return switch (diagnosis.worst()) {
            case OK, SKIP -> 0;
            case WARN -> 1;
            case FAIL -> 2;
        };
    }

    private static Finding finding(Problem problem) {
        return new Finding(
                problem.isError() ? Level.FAIL : Level.WARN,
                "config",
                problem.origin().toString(),
                problem.description(),
                null);
    }
}
