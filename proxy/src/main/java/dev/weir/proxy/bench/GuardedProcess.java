package dev.weir.proxy.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A process that ends with this one, however that ends: a shell that holds a pipe to us kills it when the pipe ends.
/// Signals of the terminal do not reach it before. It may have as many descriptors as the kernel allows.
final class GuardedProcess implements AutoCloseable {

    private static final String GUARD = """
        trap '' HUP INT TERM
        ulimit -n "$(ulimit -H -n)" 2>/dev/null
        log=$1
        shift
        "$@" </dev/null >"$log" 2>&1 &
        echo "$!"
        exec >/dev/null 2>&1
        read -r _
        kill -KILL "$!"
        wait
        """;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LINES_TOLD = 5;

    private final Process guard;
    private final long pid;
    private final Path log;

    private GuardedProcess(Process guard, long pid, Path log) {
        this.guard = guard;
        this.pid = pid;
        this.log = log;
    }

    /// Starts it.
    ///
    /// @param log the file that takes what it prints
    static GuardedProcess start(List<String> command, Map<String, String> environment, Path directory, Path log)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("sh", "-c", GUARD, "guard", log.toString()));
        words.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process guard = builder.start();
        BufferedReader said = guard.inputReader(StandardCharsets.UTF_8);
        String pid = said.readLine();
        if (pid == null || !pid.matches("[0-9]+")) {
            guard.destroyForcibly();
            throw new IOException("the guard of " + command.getFirst() + " said " + pid);
        }
        return new GuardedProcess(guard, Long.parseLong(pid), log);
    }

    /// The process itself, not its guard.
    long pid() {
        return pid;
    }

    /// Whether it still runs.
    boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /// The last it has printed.
    String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n  ", lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size()));
        } catch (IOException e) {
            return "its log cannot be read: " + e.getMessage();
        }
    }

    /// Kills it and waits until it is gone.
    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
        } catch (IOException _) {
            // The guard is gone already.
        }
        try {
            if (!guard.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                guard.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
