package dev.weir.proxy.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What pgbench does.
///
/// @param tools what is there to run it with
/// @param load what it does
record PgbenchWorkload(Tools tools, PgbenchLoad load) implements Workload {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1000;
    /// pgbench's time begins before its clients log in, which may take long: it is told to end when it has had enough.
    private static final Duration TIME_MAX = Duration.ofMinutes(30);

    @Override
    public String name() {
        return load.name();
    }

    @Override
    public String title() {
        return load.title();
    }

    @Override
    public String unit() {
        return load.unit();
    }

    @Override
    public boolean suits(Contestant contestant) {
        return contestant instanceof Pooler || load.clients() <= PgbenchLoad.DIRECT_CLIENTS_MAX;
    }

    @Override
    public void warmUp(Contestant contestant, Duration time) throws BenchFailed, InterruptedException {
        if (contestant instanceof Pooler && time.isPositive()) {
            try (PgbenchRun run = start(contestant, List.of("--progress=1"))) {
                run.awaitUnderWay();
                run.work(time);
                run.finish();
            }
        }
    }

    @Override
    public Map<Metric, Double> measure(Contestant contestant, Duration window)
            throws BenchFailed, InterruptedException {
        Path logs = tools.newDirectory("transactions");
        try (PgbenchRun run = start(contestant, logged(logs))) {
            Map<Metric, Double> measured = new EnumMap<>(Metric.class);
            run.awaitUnderWay();
            Meter meter = Meter.of(contestant, load.setup());
            long from = epochMicros();
            run.work(window);
            meter.stop();
            long until = epochMicros();
            run.finish();
            TransactionLog log = new TransactionLog(from, until, load.has(PgbenchLoad.Trait.CONNECTS));
            log.readAll(logs);
            if (log.count() == 0) {
                throw new BenchFailed("no transaction ended within the time of the measurement");
            }
            log.put(measured);
            meter.put(log.count(), measured);
            if (load.has(PgbenchLoad.Trait.FAIRNESS)) {
                log.putFairness(load.clients(), measured);
            }
            return measured;
        } catch (IOException e) {
            throw new BenchFailed("pgbench's log cannot be read: " + e.getMessage(), e);
        } finally {
            remove(logs);
        }
    }

    private static List<String> logged(Path logs) {
        return List.of("--log", "--log-prefix=" + logs.resolve("log"), "--progress=1");
    }

    @Override
    public boolean tellsAddedLatency() {
        return load.clients() == 1;
    }

    @Override
    public Map<Metric, Double> countSyscalls(Pooler pooler, SyscallCounter counter)
            throws BenchFailed, InterruptedException {
        Path logs = tools.newDirectory("transactions");
        try (PgbenchRun run = start(pooler, logged(logs))) {
            run.awaitUnderWay();
            long from = epochMicros();
            long calls = counter.count(pooler.process(load.setup()).pid());
            long until = epochMicros();
            run.finish();
            TransactionLog log = new TransactionLog(from, until, load.has(PgbenchLoad.Trait.CONNECTS));
            log.readAll(logs);
            return calls == 0 || log.count() == 0 ? Map.of() : Map.of(Metric.SYSCALLS, calls / (double) log.count());
        } catch (IOException e) {
            throw new BenchFailed("system calls cannot be counted: " + e.getMessage(), e);
        } finally {
            remove(logs);
        }
    }

    /// How many transactions are done each second in so much time, logins aside.
    double rate(Endpoint endpoint, Duration time) throws BenchFailed, InterruptedException {
        try (PgbenchRun run = start(endpoint, time, List.of())) {
            run.awaitEnd(time);
            return run.rate();
        }
    }

    private PgbenchRun start(Contestant contestant, List<String> more) throws BenchFailed, InterruptedException {
        return start(contestant.endpoint(load.setup(), load.database()), TIME_MAX, more);
    }

    private PgbenchRun start(Endpoint endpoint, Duration time, List<String> more) throws BenchFailed {
        Path pgbench = tools.pgbench();
        if (pgbench == null) {
            throw new BenchFailed("pgbench is not installed (Debian: apt-get install postgresql-contrib)");
        }
        List<String> command = new ArrayList<>(List.of(pgbench.toString(), "--no-vacuum"));
        command.addAll(load.options(tools));
        command.add("--time=" + time.toSeconds());
        command.addAll(more);
        return PgbenchRun.start(command, endpoint, load.has(PgbenchLoad.Trait.TLS));
    }

    private static long epochMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * MICROS_PER_SECOND + now.getNano() / NANOS_PER_MICRO;
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be removed", e);
        }
    }
}
