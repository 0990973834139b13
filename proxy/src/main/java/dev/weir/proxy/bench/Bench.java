package dev.weir.proxy.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs workloads through all contestants, which take turns round by round. For one thread; an interrupt ends it early,
/// and what was measured until then is kept.
public final class Bench implements AutoCloseable {

    private final BenchPlan plan;
    private final TestBed bed;
    private final Consumer<String> progress;
    private final List<Workload> workloads;
    private final List<WorkloadResult> results = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    private Bench(BenchPlan plan, TestBed bed, Consumer<String> progress) {
        this.plan = plan;
        this.bed = bed;
        this.progress = progress;
        Path pgbench = Programs.find("pgbench");
        this.workloads = Workloads.all(plan, new Tools(bed.directory(), pgbench)).stream()
                .filter(plan::includes)
                .toList();
        notes.addAll(bed.notes());
        if (pgbench != null) {
            notes.add(Programs.version(pgbench) + ".");
        }
    }

    /// Starts what is needed; takes some seconds.
    ///
    /// @param progress is told what goes on, line by line
    /// @throws BenchFailed if it cannot be started here; nothing is left behind then
    public static Bench prepare(BenchPlan plan, Consumer<String> progress) throws BenchFailed, InterruptedException {
        return new Bench(plan, TestBed.prepare(plan), progress);
    }

    /// Runs all workloads of the plan, one after the other.
    ///
    /// @param done is told each result
    public void run(Consumer<WorkloadResult> done) throws InterruptedException {
        for (Workload workload : workloads) {
            WorkloadResult result = run(workload);
            results.add(result);
            done.accept(result);
        }
    }

    private WorkloadResult run(Workload workload) throws InterruptedException {
        List<Turn> turns = new ArrayList<>();
        for (Contestant contestant : bed.contestants()) {
            if (workload.suits(contestant)) {
                Turn turn = new Turn(workload, contestant);
                progress.accept("%s: %s warms up".formatted(workload.name(), contestant.label()));
                turn.warmUp(plan);
                turns.add(turn);
            }
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (int i = 0; i < turns.size(); i++) {
                // Each round begins with another one, so that nobody always comes after the same.
                Turn turn = turns.get((i + round) % turns.size());
                progress.accept(
                        "%s: round %d of %d, %s".formatted(workload.name(), round + 1, plan.rounds(), turn.label()));
                turn.measure(plan);
            }
        }
        if (plan.syscalls()) {
            SyscallCounter counter = SyscallCounter.find();
            for (Turn turn : turns) {
                turn.countSyscalls(counter);
            }
        }
        addLatencies(workload, turns);
        return new WorkloadResult(
                workload.name(),
                workload.title(),
                workload.unit(),
                turns.stream().map(Turn::series).toList());
    }

    private static void addLatencies(Workload workload, List<Turn> turns) {
        Turn direct = turns.getFirst();
        if (workload.tellsAddedLatency() && direct.contestant instanceof DirectPostgres) {
            turns.stream().skip(1).forEach(turn -> turn.addLatencyTo(direct));
        }
    }

    /// All that was measured so far.
    public BenchReport report() {
        String how = "%d rounds of %d s each, after a warm-up of %d s; medians, and medians of the ratios in each round"
                .formatted(
                        plan.rounds(), plan.window().toSeconds(), plan.warmUp().toSeconds());
        return new BenchReport(
                Machine.here().toString(),
                how,
                bed.contestants().stream().map(Contestant::label).toList(),
                notes,
                results);
    }

    /// Ends all that was started.
    @Override
    public void close() {
        bed.close();
    }

    /// What one contestant does in one workload.
    private static final class Turn {
        private final Workload workload;
        private final Contestant contestant;
        private final List<Map<Metric, Double>> rounds = new ArrayList<>();
        private @Nullable String failure;

        Turn(Workload workload, Contestant contestant) {
            this.workload = workload;
            this.contestant = contestant;
        }

        String label() {
            return contestant.label();
        }

        void warmUp(BenchPlan plan) throws InterruptedException {
            attempt(() -> workload.warmUp(contestant, plan.warmUp()));
        }

        void measure(BenchPlan plan) throws InterruptedException {
            attempt(() -> rounds.add(new EnumMap<>(workload.measure(contestant, plan.window()))));
        }

        void countSyscalls(SyscallCounter counter) throws InterruptedException {
            if (contestant instanceof Pooler pooler && !rounds.isEmpty()) {
                attempt(() -> rounds.getFirst().putAll(workload.countSyscalls(pooler, counter)));
            }
        }

        void addLatencyTo(Turn direct) {
            for (int i = 0; i < Math.min(rounds.size(), direct.rounds.size()); i++) {
                Double own = rounds.get(i).get(Metric.P50);
                Double without = direct.rounds.get(i).get(Metric.P50);
                if (own != null && without != null) {
                    rounds.get(i).put(Metric.ADDED_P50, own - without);
                }
            }
        }

        private void attempt(Step step) throws InterruptedException {
            if (failure == null) {
                try {
                    step.take();
                } catch (BenchFailed e) {
                    failure = e.getMessage();
                }
            }
        }

        Series series() {
            return new Series(contestant.label(), rounds, failure);
        }
    }

    @FunctionalInterface
    private interface Step {
        void take() throws BenchFailed, InterruptedException;
    }

    /// The names and titles of all workloads there are.
    public static Map<String, String> workloads(BenchPlan plan) {
        Map<String, String> titles = new LinkedHashMap<>();
        Workloads.all(plan, new Tools(Path.of(""), null))
                .forEach(workload -> titles.put(workload.name(), workload.title()));
        return titles;
    }
}
