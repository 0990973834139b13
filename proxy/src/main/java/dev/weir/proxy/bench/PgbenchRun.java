package dev.weir.proxy.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A pgbench that runs; it is killed when this is closed.
final class PgbenchRun implements AutoCloseable {

    private static final Duration LOGINS = Duration.ofSeconds(120);
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(60);
    private static final String PROGRESS = "progress: ";
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
    private static final int LINES_KEPT = 1000;

    private final Process process;
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<Boolean> underWay = new CompletableFuture<>();
    private final Thread reader;

    private PgbenchRun(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().name("pgbench output").start(this::read);
    }

    static PgbenchRun start(List<String> command, Endpoint endpoint, boolean tls) throws BenchFailed {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PGHOST", endpoint.host());
        environment.put("PGPORT", String.valueOf(endpoint.port()));
        environment.put("PGUSER", endpoint.user());
        environment.put("PGPASSWORD", endpoint.password());
        environment.put("PGDATABASE", endpoint.database());
        environment.put("PGSSLMODE", tls ? "require" : "disable");
        environment.put("PGGSSENCMODE", "disable");
        environment.put("PGOPTIONS", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new PgbenchRun(process);
        } catch (IOException e) {
            throw new BenchFailed("pgbench cannot be started: " + e.getMessage(), e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            while (line != null) {
                if (line.startsWith(PROGRESS)) {
                    underWay.complete(true);
                } else if (said.size() < LINES_KEPT) {
                    said.add(line);
                }
                line = lines.readLine();
            }
        } catch (IOException _) {
            // It was killed.
        } finally {
            underWay.complete(false);
        }
    }

    /// Waits until all clients are logged in and have been at work for a second.
    void awaitUnderWay() throws BenchFailed, InterruptedException {
        try {
            if (!underWay.get(LOGINS.toSeconds(), TimeUnit.SECONDS)) {
                throw failed();
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchFailed("pgbench's clients are not logged in within " + LOGINS.toSeconds() + " s", e);
        }
    }

    /// Lets it work for so long.
    void work(Duration time) throws BenchFailed, InterruptedException {
        if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw failed();
        }
    }

    /// Lets it finish the transactions under way and end, as it does when its time is over.
    void finish() throws BenchFailed, InterruptedException {
        try {
            new ProcessBuilder("kill", "-ALRM", String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new BenchFailed("pgbench cannot be told to end: " + e.getMessage(), e);
        }
        awaitEnd(Duration.ZERO);
    }

    /// Waits until it has ended.
    ///
    /// @throws BenchFailed if it ended with errors
    void awaitEnd(Duration time) throws BenchFailed, InterruptedException {
        if (!process.waitFor(time.plus(LAST_ANSWERS).toSeconds(), TimeUnit.SECONDS)) {
            throw new BenchFailed("pgbench does not end");
        }
        reader.join();
        if (process.exitValue() != 0) {
            throw failed();
        }
    }

    /// Transactions per second of the whole run, logins aside. It must have ended.
    double rate() throws BenchFailed {
        return said.stream()
                .map(RATE::matcher)
                .filter(Matcher::lookingAt)
                .mapToDouble(matcher -> Double.parseDouble(matcher.group(1)))
                .findFirst()
                .orElseThrow(() -> new BenchFailed("pgbench told no rate"));
    }

    private BenchFailed failed() throws InterruptedException {
        reader.join(LAST_ANSWERS);
        String errors = said.stream()
                .filter(line -> line.contains("error:") || line.contains("ERROR"))
                .limit(2)
                .collect(Collectors.joining("; "));
        return new BenchFailed("pgbench: " + (errors.isEmpty() ? String.join("; ", said) : errors));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
