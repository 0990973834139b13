package dev.weir.proxy.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Starts `weir` from a distribution and keeps what it prints in files.
final class Launcher {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path weir;
    private final Path outputs;
    private int runs;

    /// @param weir the launcher to start
    /// @param outputs where what it prints is kept
    Launcher(Path weir, Path outputs) {
        this.weir = weir;
        this.outputs = outputs;
    }

    /// The launcher of the distribution that this build has made.
    static Path ofThisBuild() {
        String root = System.getProperty("weir.root");
        Path weir =
                Path.of(root == null ? ".." : root, "proxy/target/weir/weir").toAbsolutePath();
        assertThat(weir).isExecutable();
        return weir;
    }

    /// One process and what it has printed so far.
    record Run(Process process, Path out, Path err) {

        String output() {
            return read(out);
        }

        String errors() {
            return read(err);
        }

        void send(String signal) throws IOException, InterruptedException {
            assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }

        int awaitExit() throws InterruptedException {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("ended; it printed %s %s", output(), errors())
                    .isTrue();
            return process.exitValue();
        }

        void awaitError(String text) {
            await().atMost(PATIENCE).until(() -> errors().contains(text) || !process.isAlive());
            assertThat(errors()).contains(text);
        }
    }

    Run start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /// Starts it with more variables in its environment.
    Run start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(weir.toString()));
        command.addAll(List.of(arguments));
        runs++;
        Path out = outputs.resolve("out." + runs);
        Path err = outputs.resolve("err." + runs);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.directory(outputs.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new Run(process, out, err);
    }

    /// Starts it and waits for its end.
    Run run(String... arguments) throws IOException, InterruptedException {
        Run run = start(arguments);
        run.awaitExit();
        return run;
    }

    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
