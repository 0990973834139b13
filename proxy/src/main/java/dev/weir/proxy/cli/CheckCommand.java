package dev.weir.proxy.cli;

import dev.weir.config.check.Differences;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir check`: tells all that is wrong with a configuration and starts nothing.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        description = "Check a configuration and list all its problems, each with file and line.",
        footer = {
            "",
            "For a pgbouncer.ini also tells what Weir does otherwise than PgBouncer with each setting in it.",
            "Ends with 0 when the configuration can be used, with 1 when it has errors."
        })
final class CheckCommand implements Callable<Integer> {

    @Parameters(paramLabel = "CONFIG", description = "The configuration: TOML, or a pgbouncer.ini.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ConfigProblems checked = ConfigProblems.load(file, System.getenv());
        checked.print(out);
        if (checked.config() == null) {
            out.println(file + ": " + checked.summary());
            return ExitStatus.FAILED;
        }
        List<Differences.Difference> differences = Differences.of(file);
        differences.forEach(out::println);
        Differences.ofListeners(checked.config()).forEach(out::println);
        out.println(file + ": good" + (checked.warnings() == 0 ? "" : ", " + checked.summary()));
        return ExitStatus.OK;
    }
}
