package dev.weir.proxy.bench;

import dev.weir.proxy.bench.PgbenchLoad.Trait;
import java.util.ArrayList;
import java.util.List;

/// The workloads there are.
final class Workloads {

    private static final int CLIENTS = 32;
    private static final int MANY_CLIENTS = 200;
    private static final int LOGIN_CLIENTS = 8;

    private static final String PIPELINE = "\\startpipeline\n"
            + "SELECT abalance FROM pgbench_accounts WHERE aid = 1;\n".repeat(10)
            + "\\endpipeline\n";

    private Workloads() {}

    /// All of them, in the order of the report.
    static List<Workload> all(BenchPlan plan, Tools tools) {
        List<Workload> all = new ArrayList<>();
        loads(plan).forEach(load -> all.add(new PgbenchWorkload(tools, load)));
        all.add(new CopyWorkload(false, plan.copyMegabytes()));
        all.add(new CopyWorkload(true, plan.copyMegabytes()));
        all.add(new IdleWorkload(plan.idleClients()));
        all.add(new StartWorkload(
                new PgbenchWorkload(tools, PgbenchLoad.of("start", "32 clients", "simple", CLIENTS))));
        return all;
    }

    private static List<PgbenchLoad> loads(BenchPlan plan) {
        return List.of(
                PgbenchLoad.of("one-client", "1 client, simple protocol", "simple", 1),
                PgbenchLoad.of("simple", "32 clients, simple protocol", "simple", CLIENTS),
                PgbenchLoad.of("extended", "32 clients, extended protocol", "extended", CLIENTS),
                PgbenchLoad.of("prepared", "32 clients, prepared statements", "prepared", CLIENTS),
                PgbenchLoad.of("pipeline", "32 clients, pipelines of 10 statements", "extended", CLIENTS)
                        .script(PIPELINE, "pipeline"),
                PgbenchLoad.of("many-clients", "200 clients", "simple", MANY_CLIENTS),
                PgbenchLoad.of("thousands", "2,000 clients on 40 servers", "simple", 2000)
                        .over(Databases.WIDE),
                PgbenchLoad.of("saturated", "200 clients on 5 servers", "simple", MANY_CLIENTS)
                        .over(Databases.NARROW)
                        .with(Trait.FAIRNESS),
                PgbenchLoad.of(
                                "open-loop",
                                "%,d transactions due each second".formatted(plan.rate()),
                                "simple",
                                CLIENTS)
                        .rate(plan.rate()),
                PgbenchLoad.of("logins", "a login by SCRAM for each transaction, 8 at a time", "simple", LOGIN_CLIENTS)
                        .connecting(),
                PgbenchLoad.of("tls-clients", "32 clients with TLS", "simple", CLIENTS)
                        .tls(Setup.PLAIN),
                PgbenchLoad.of("tls-both", "32 clients with TLS, TLS to PostgreSQL", "simple", CLIENTS)
                        .tls(Setup.ENCRYPTED),
                PgbenchLoad.of("large-rows", "4 clients, rows of 1 MB", "simple", 4)
                        .script("SELECT repeat('x', 1048576);\n", "row"));
    }
}
