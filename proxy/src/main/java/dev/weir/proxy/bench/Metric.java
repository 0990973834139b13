package dev.weir.proxy.bench;

import java.util.Locale;

/// What is measured of a contestant in a round.
public enum Metric {
    /// How much was done.
    RATE("rate", "%ss per second", 0),
    /// The latency that half of them stay below.
    P50("p50_ms", "p50, ms", 3),
    /// That 99 of 100 stay below.
    P99("p99_ms", "p99, ms", 3),
    /// That 999 of 1,000 stay below.
    P999("p99_9_ms", "p99.9, ms", 3),
    /// What a pooler adds to the median of PostgreSQL itself in the same round.
    ADDED_P50("added_p50_ms", "p50 added to PostgreSQL's, ms", 3),
    /// The pooler's time on the processors.
    CPU("cpu_us", "CPU, µs per %s", 2),
    /// Of it, in the pooler's own code.
    CPU_USER("cpu_user_us", "  of it user", 2),
    /// Of it, in the kernel.
    CPU_SYSTEM("cpu_system_us", "  of it system", 2),
    /// How often one of the pooler's threads left a processor.
    SWITCHES("context_switches", "context switches per %s", 2),
    /// How often the pooler called the kernel, in a round of its own.
    SYSCALLS("syscalls", "system calls per %s", 2),
    /// The pooler's memory at the end.
    PSS("pss_mb", "memory (PSS), MB", 1),
    /// The rate of the client that got least, against the mean of all.
    SLOWEST("slowest_client", "slowest client : mean", 2),
    /// The rate of the client that got most, against the mean of all.
    FASTEST("fastest_client", "fastest client : mean", 2),
    /// From the start of the process to the answer to its first client.
    FIRST_QUERY("first_query_ms", "first query after start, ms", 0),
    /// What is done in the first ten seconds.
    FIRST_RATE("first_10s_rate", "%ss per second in the first 10 s", 0),
    /// That against what is done when it is warm.
    FIRST_SHARE("first_10s_share", "first 10 s : warm", 2),
    /// The pooler's memory before the first client comes.
    RESTING("pss_at_rest_mb", "memory at rest (PSS), MB", 1),
    /// What a client adds to it.
    PER_CLIENT("kb_per_client", "memory per client, KB", 1);

    private final String id;
    private final String title;
    private final int decimals;

    Metric(String id, String title, int decimals) {
        this.id = id;
        this.title = title;
        this.decimals = decimals;
    }

    /// Its name in JSON, with the unit.
    public String id() {
        return id;
    }

    /// What a report calls it.
    ///
    /// @param unit what is done, in the singular: "transaction"
    String title(String unit) {
        return title.formatted(unit);
    }

    /// A value of it for people.
    String format(double value) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
