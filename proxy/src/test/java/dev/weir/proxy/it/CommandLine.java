package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs PostgreSQL's own programs through Weir, as [Accounts#APP].
final class CommandLine {
    private static final long PATIENCE_SECONDS = 60;

    private CommandLine() {}

    /// How it went.
    ///
    /// @param output of both kinds
    record Outcome(int status, String output) {
        /// The output of a program that has succeeded.
        String good() {
            assertThat(status).describedAs(output).isZero();
            return output;
        }
    }

    /// Runs it to its end.
    ///
    /// @param input what it reads
    static Outcome run(WeirFixture weir, String input, String... command) throws Exception {
        return run(weir.port(), input, command);
    }

    /// Runs it to its end.
    ///
    /// @param port where it finds Weir, or what stands before it
    /// @param input what it reads
    static Outcome run(int port, String input, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
        builder.environment().put("PGHOST", "127.0.0.1");
        builder.environment().put("PGPORT", String.valueOf(port));
        builder.environment().put("PGDATABASE", Accounts.DATABASE);
        builder.environment().put("PGUSER", Accounts.APP.user());
        builder.environment().put("PGPASSWORD", Accounts.APP.password());
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new AssertionError(command[0] + " must be installed (packages postgresql-client, postgresql)", e);
        }
        try (var out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output);
    }
}
