package dev.weir.proxy.cli;

import dev.weir.config.ConfigFormat;
import dev.weir.config.convert.TomlConversion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `weir convert`: a pgbouncer.ini in Weir's own language.
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        versionProvider = VersionLines.class,
        description = "Write a pgbouncer.ini as TOML that means the same, comments included.",
        footer = {
            "",
            "The result belongs beside the ini file: relative names in it are meant from there. Passwords are written"
                    + " as they stand in the ini file.",
            "Ends with 0 when it could be written, with 1 when the ini file has errors or the other file exists."
        })
final class ConvertCommand implements Callable<Integer> {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to this file, which must not exist, in place of standard output.")
    private @Nullable Path output;

    @Parameters(paramLabel = "INI", description = "The pgbouncer.ini.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        ConfigProblems checked = ConfigProblems.load(file, System.getenv());
        if (checked.config() == null) {
            checked.print(err);
            err.println("weir: " + file + " cannot be converted: " + checked.summary());
            return ExitStatus.FAILED;
        }
        if (checked.config().format() != ConfigFormat.INI) {
            err.println("weir: " + file + " is in TOML already");
            return ExitStatus.FAILED;
        }
        String toml = TomlConversion.of(file);
        Path target = output;
        if (target == null) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(toml);
            out.flush();
            return ExitStatus.OK;
        }
        try {
            Files.createFile(target, OWNER_ONLY); // there may be passwords in it
            Files.writeString(target, toml);
            return ExitStatus.OK;
        } catch (IOException e) {
            err.println("weir: cannot write " + target + ": " + e);
            return ExitStatus.FAILED;
        }
    }
}
