package dev.weir.proxy.authquery;

import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All who want the same answer: those whom the query under way will satisfy, and those who have come too late for that and
 * wait for the next. Thread-safe.
 */
final class AuthLookup {

    /** One login that waits. Thread-safe. */
    static final class Wish {
        private final Worker worker;
        private final Consumer<AuthAnswer> onAnswer;
        private volatile boolean withdrawn;

        Wish(Worker worker, Consumer<AuthAnswer> onAnswer) {
            this.worker = worker;
            this.onAnswer = onAnswer;
        }

        void withdraw() {
            withdrawn = true;
        }

        private void answer(AuthAnswer answer) {
            worker.loop().execute(() -> {
                if (!withdrawn) {
                    onAnswer.accept(answer);
                }
            });
        }
    }

    private final AuthQueries queries;
    private final AuthQuestion question;
    private List<Wish> current = new ArrayList<>();
    private List<Wish> next = new ArrayList<>();
    private @Nullable AuthQueryRun run;
    private @Nullable Worker runner;
    private boolean sent;

    AuthLookup(AuthQueries queries, AuthQuestion question) {
        this.queries = queries;
        this.question = question;
    }

    /** One more wants to know. */
    synchronized void add(Wish wish) {
        if (run == null) {
            current.add(wish);
            start();
        } else if (sent) {
            next.add(wish);
        } else {
            current.add(wish);
        }
    }

    /** Whether nobody waits. */
    synchronized boolean isIdle() {
        return run == null && current.isEmpty();
    }

    private void start() {
        Worker worker = current.getFirst().worker;
        Pool pool = queries.pool(question);
        sent = false;
        if (pool == null) {
            List<Wish> all = current;
            current = new ArrayList<>();
            AuthAnswer gone = new AuthAnswer.Failed("database " + question.database() + " is not configured", null);
            all.forEach(wish -> wish.answer(gone));
            return;
        }
        AuthQueryRun[] self = new AuthQueryRun[1];
        AuthQueryRun begun =
                new AuthQueryRun(question, pool, worker, () -> onSent(self[0]), answer -> onAnswer(self[0], answer));
        self[0] = begun;
        run = begun;
        runner = worker;
        worker.loop().execute(begun::begin);
    }

    private synchronized void onSent(AuthQueryRun which) {
        if (run == which) {
            sent = true;
        }
    }

    private void onAnswer(AuthQueryRun which, AuthAnswer answer) {
        List<Wish> satisfied;
        synchronized (this) {
            if (run != which) {
                return;
            }
            satisfied = current;
            current = next;
            next = new ArrayList<>();
            run = null;
            runner = null;
            current.removeIf(wish -> wish.withdrawn);
            if (!current.isEmpty()) {
                start();
            }
        }
        queries.onAnswer(question, answer);
        satisfied.forEach(wish -> wish.answer(answer));
        queries.drop(question, this);
    }

    /** Somebody has left: the last one takes the query along. */
    void onWithdrawn() {
        synchronized (this) {
            current.removeIf(wish -> wish.withdrawn);
            next.removeIf(wish -> wish.withdrawn);
            AuthQueryRun running = run;
            Worker worker = runner;
            if (running == null || worker == null || !current.isEmpty() || !next.isEmpty()) {
                return;
            }
            run = null;
            runner = null;
            worker.loop().execute(running::stop);
        }
        queries.drop(question, this);
    }
}
