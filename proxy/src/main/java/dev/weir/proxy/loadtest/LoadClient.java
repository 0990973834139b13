package dev.weir.proxy.loadtest;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One client of a load test: connects, asks when it is time to, connects anew where it has lost its connection or is to. A
 * request that is due is sent as soon as the one before is answered, and its latency counts from when it was due: what a
 * stall holds up is part of the picture.
 *
 * <p>Runs on a thread of its own; {@link #abort} may be called from another.
 */
final class LoadClient implements Runnable {

    private static final long PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final LoadTarget target;
    private final LoadPlan plan;
    private final Measurements measurements;
    private final RandomGenerator random;
    private final long startNanos;
    private final long endNanos;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable Connection connection;
    private int requests;
    private long pauseNanos = PAUSE_NANOS_MIN;

    LoadClient(
            LoadTarget target,
            LoadPlan plan,
            Measurements measurements,
            RandomGenerator random,
            long startNanos,
            long endNanos) {
        this.target = target;
        this.plan = plan;
        this.measurements = measurements;
        this.random = random;
        this.startNanos = startNanos;
        this.endNanos = endNanos;
    }

    @Override
    public void run() {
        try {
            work();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    /** No further request. */
    void stop() {
        stopped.countDown();
    }

    /** What is under way is not waited for. */
    void abort() {
        stopped.countDown();
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException _) {
                // it is gone, which is all that is wanted
            }
        }
    }

    private void work() throws InterruptedException {
        waitUntil(startNanos);
        long interval = plan.interval().toNanos();
        long due = System.nanoTime();
        if (isOver(due)) {
            return;
        }
        connect(due);
        if (plan.isPaced()) {
            due = System.nanoTime() + random.nextLong(interval); // not all at the same moment
        }
        while (!isOver(due)) {
            waitUntil(due);
            long from = plan.isPaced() ? due : System.nanoTime();
            if (isOver(System.nanoTime())) {
                return;
            }
            if (connection == null) {
                connect(from);
                from = System.nanoTime();
            }
            Connection open = connection;
            if (open != null) {
                request(open, from);
            }
            due = plan.isPaced() ? due + interval : System.nanoTime();
        }
    }

    private boolean isOver(long nanos) {
        return stopped.getCount() == 0 || nanos - endNanos >= 0;
    }

    /** Returns earlier if it is stopped. */
    private void waitUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            stopped.await(left, TimeUnit.NANOSECONDS);
        }
    }

    /** Connects; if that fails, waits before it may be tried again. */
    private void connect(long from) throws InterruptedException {
        try {
            connection = target.connect();
            measurements.onConnected(System.nanoTime() - from);
            requests = 0;
            pauseNanos = PAUSE_NANOS_MIN;
        } catch (SQLException e) {
            measurements.onFailure(e);
            waitUntil(Math.min(System.nanoTime() + pauseNanos, endNanos));
            pauseNanos = Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
        }
    }

    private void request(Connection open, long from) {
        Workload.Choice choice = plan.workload().next(random);
        measurements.onRequest();
        try {
            execute(open, choice);
            measurements.onAnswered(System.nanoTime() - from);
            requests++;
            if (plan.requestsPerConnection() > 0 && requests >= plan.requestsPerConnection()) {
                disconnect();
            }
        } catch (SQLException e) {
            measurements.onFailedRequest(e);
            recover(open);
        }
    }

    private static void execute(Connection open, Workload.Choice choice) throws SQLException {
        if (!choice.transaction()) {
            for (String statement : choice.statements()) {
                execute(open, statement);
            }
            return;
        }
        open.setAutoCommit(false);
        for (String statement : choice.statements()) {
            execute(open, statement);
        }
        open.commit();
        open.setAutoCommit(true);
    }

    private static void execute(Connection open, String sql) throws SQLException {
        // A question mark may be an operator; the driver would take it for a parameter.
        if (sql.indexOf('?') >= 0) {
            try (Statement statement = open.createStatement()) {
                drain(statement, statement.execute(sql));
            }
        } else {
            try (var statement = open.prepareStatement(sql)) {
                drain(statement, statement.execute());
            }
        }
    }

    private static void drain(Statement statement, boolean rows) throws SQLException {
        boolean more = rows;
        while (more || statement.getUpdateCount() != -1) {
            if (more) {
                try (ResultSet result = statement.getResultSet()) {
                    while (result.next()) {
                        result.getObject(1);
                    }
                }
            }
            more = statement.getMoreResults();
        }
    }

    private void recover(Connection open) {
        try {
            if (!open.isClosed()) {
                if (!open.getAutoCommit()) {
                    open.rollback();
                    open.setAutoCommit(true);
                } else {
                    execute(open, "ROLLBACK"); // a file's own transaction
                }
                return;
            }
        } catch (SQLException _) {
            // the connection is of no more use
        }
        disconnect();
    }

    private void disconnect() {
        Connection open = connection;
        if (open != null) {
            connection = null;
            measurements.onDisconnected();
            try {
                open.close();
            } catch (SQLException _) {
                // it is gone, which is all that is wanted
            }
        }
    }
}
