package dev.weir.console.advice;

/// The queue M/M/c: requests that come at random, and `c` servers each of which takes a random time for one. Pure
/// functions. The offered load is the rate of arrivals times the mean service time (Little's law): how many servers
/// are busy on average.
public final class ErlangC {

    /// Nobody needs a larger pool, and each step costs an iteration.
    static final int SERVERS_MAX = 10_000;

    private ErlangC() {}

    /// The probability that a request has to wait (Erlang's formula C); 1 where the load is more than the servers can
    /// ever do.
    ///
    /// @param servers at least 1
    /// @param load offered, 0 or more
    public static double waitProbability(int servers, double load) {
        if (load <= 0) {
            return 0;
        }
        if (load >= servers) {
            return 1;
        }
        // Formula B by its recursion, which neither overflows nor loses digits.
        double blocking = 1;
        for (int n = 1; n <= servers; n++) {
            blocking = load * blocking / (n + load * blocking);
        }
        double utilization = load / servers;
        return blocking / (1 - utilization * (1 - blocking));
    }

    /// The mean wait of all requests, in the unit of the service time; infinite where the load is too high.
    public static double meanWait(int servers, double load, double serviceTime) {
        if (load >= servers) {
            return Double.POSITIVE_INFINITY;
        }
        return waitProbability(servers, load) * serviceTime / (servers - load);
    }

    /// How long that share of all requests waits at most; infinite where the load is too high.
    ///
    /// @param share from 0 up to, and without, 1
    public static double waitQuantile(int servers, double load, double serviceTime, double share) {
        if (load >= servers) {
            return Double.POSITIVE_INFINITY;
        }
        double waiting = waitProbability(servers, load);
        return waiting <= 1 - share ? 0 : Math.log(waiting / (1 - share)) * serviceTime / (servers - load);
    }

    /// The fewest servers with which that share of requests waits no longer than `wait`.
    public static int serversFor(double load, double serviceTime, double share, double wait) {
        int servers = Math.max(1, (int) Math.min(SERVERS_MAX, Math.floor(load) + 1));
        while (servers < SERVERS_MAX && waitQuantile(servers, load, serviceTime, share) > wait) {
            servers++;
        }
        return servers;
    }
}
