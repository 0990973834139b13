package dev.weir.proxy.stats;

/**
 * What one event loop has counted for one pool. Plain fields: only that loop writes, and a reader gets a copy made on the
 * loop. Names follow SHOW STATS; times are nanoseconds.
 */
public final class PoolCounters {

    public long serverAssignments;
    public long transactions;
    public long queries;
    public long receivedBytes;
    public long sentBytes;
    public long transactionNanos;
    public long queryNanos;
    public long waitNanos;
    /** Of named statements only, as the two that follow. */
    public long clientParses;

    public long serverParses;
    public long binds;
    public long clientLogins;
    /** Server connections that came from another event loop because this one had a waiting client. */
    public long serversMovedIn;
    /** Clients that came from another event loop. */
    public long clientsMovedIn;
    /** Attempts to connect or log in to PostgreSQL that failed. */
    public long serverConnectFailures;
    /** Servers that ended though nobody here wanted it: the connection broke, PostgreSQL gave up by a FATAL error. */
    public long serversLost;
    /** Server connections opened. */
    public long serverConnects;

    /** Time in the queue, of every checkout that had to wait. */
    public final Histogram wait = new Histogram();
    /** Time from a query's first message on its server to the ReadyForQuery that ends it. */
    public final Histogram query = new Histogram();
    /** Time a transaction held its server. */
    public final Histogram transaction = new Histogram();
    /** Time from the start of a connection attempt to a logged-in server. */
    public final Histogram connect = new Histogram();

    /** Adds all that {@code other} counted. */
    public void add(PoolCounters other) {
        serverAssignments += other.serverAssignments;
        transactions += other.transactions;
        queries += other.queries;
        receivedBytes += other.receivedBytes;
        sentBytes += other.sentBytes;
        transactionNanos += other.transactionNanos;
        queryNanos += other.queryNanos;
        waitNanos += other.waitNanos;
        clientParses += other.clientParses;
        serverParses += other.serverParses;
        binds += other.binds;
        clientLogins += other.clientLogins;
        serversMovedIn += other.serversMovedIn;
        clientsMovedIn += other.clientsMovedIn;
        serverConnectFailures += other.serverConnectFailures;
        serversLost += other.serversLost;
        serverConnects += other.serverConnects;
        wait.add(other.wait);
        query.add(other.query);
        transaction.add(other.transaction);
        connect.add(other.connect);
    }

    /** An independent copy. */
    public PoolCounters copy() {
        PoolCounters copy = new PoolCounters();
        copy.add(this);
        return copy;
    }
}
