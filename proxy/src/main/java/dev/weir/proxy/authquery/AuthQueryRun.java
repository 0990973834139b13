package dev.weir.proxy.authquery;

import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.net.Worker;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PoolShard;
import dev.weir.proxy.pool.Waiter;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.SettingsRefusal;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code auth_query}: a place in the asker's pool, a server of it, an unnamed statement with one parameter ("Message
 * Flow", "Extended Query"), and the first row of its answer.
 *
 * <p>The server runs under the settings of its entry in {@code [databases]} alone: no client has a say in how the names in the
 * query are understood. Confined to the event loop of its worker.
 */
final class AuthQueryRun implements Waiter.Session {

    /** A server that dies is no answer; one that dies each time is. */
    private static final int ATTEMPTS_MAX = 3;

    private final AuthQuestion question;
    private final PoolShard shard;
    private final Worker worker;
    private final Runnable onSent;
    private final Consumer<AuthAnswer> onAnswer;
    private final Waiter waiter = new Waiter(this);
    private AuthQueryReader reader = new AuthQueryReader(ByteBufAllocator.DEFAULT);
    private @Nullable ServerConnection server;
    private int attempts;
    private boolean sent;
    private boolean ended;

    /**
     * @param onSent called when the query is on its way: from now on the answer may be older than the wish for it
     * @param onAnswer called once, unless {@link #stop} was called before
     */
    AuthQueryRun(AuthQuestion question, Pool pool, Worker worker, Runnable onSent, Consumer<AuthAnswer> onAnswer) {
        this.question = question;
        this.shard = pool.shard(worker);
        this.worker = worker;
        this.onSent = onSent;
        this.onAnswer = onAnswer;
    }

    /** Gets a server, now or later. */
    void begin() {
        attempts++;
        ServerConnection free = shard.checkout(waiter, System.nanoTime());
        if (free != null) {
            onServerAssigned(free);
        }
    }

    /** Nobody wants the answer any more. */
    void stop() {
        if (!ended) {
            ended = true;
            shard.leaveQueue(waiter);
            letGo("client disconnect while server was not ready");
        }
    }

    private void end(AuthAnswer answer) {
        if (!ended) {
            ended = true;
            shard.leaveQueue(waiter);
            letGo("error in auth_query");
            onAnswer.accept(answer);
        }
    }

    private void letGo(String reason) {
        ServerConnection linked = server;
        server = null;
        AuthQueryReader read = reader;
        worker.loop().execute(read::release); // a walk may be under way
        if (linked == null) {
            return;
        }
        if (linked.isAtRest()) {
            linked.unlink();
        } else {
            linked.abandon(reason, false, false);
        }
    }

    // ---- the server ----

    @Override
    public void onServerAssigned(ServerConnection assigned) {
        server = assigned;
        assigned.link(this);
        if (server == assigned && assigned.isReady()) {
            send(assigned);
        }
    }

    private void send(ServerConnection linked) {
        if (sent) {
            return;
        }
        sent = true;
        onSent.run();
        ByteBuf out = linked.buffer(128 + question.query().length());
        Messages.parse(out, "", question.query());
        Messages.bind(out, "", "", List.of(question.user()));
        Messages.describe(out, 'P', "");
        Messages.execute(out, "", 1);
        Messages.sync(out);
        Expectations expectations = linked.expectations();
        expectations.add(Expectations.PARSE, Expectations.FORWARD);
        expectations.add(Expectations.BIND, Expectations.FORWARD);
        expectations.add(Expectations.DESCRIBE, Expectations.FORWARD);
        expectations.add(Expectations.EXECUTE, Expectations.FORWARD);
        expectations.add(Expectations.SYNC, Expectations.FORWARD);
        linked.statements().setUnnamed(null);
        linked.write(out);
        linked.flush();
    }

    @Override
    public void onCheckoutRefused(PgError error) {
        end(new AuthAnswer.Failed("cannot log in as " + question.asker() + ": " + error.message(), error));
    }

    @Override
    public SessionSettings settings() {
        return SessionSettings.NONE;
    }

    @Override
    public boolean settingsProven() {
        return false;
    }

    @Override
    public void onSettingsApplied(ReportedParameters reported, boolean changed) {
        if (!changed) {
            return; // nothing was sent for it: the server is ready as soon as it is linked
        }
        worker.loop().execute(() -> {
            ServerConnection linked = server;
            if (linked != null && linked.isReady()) {
                send(linked);
            }
        });
    }

    @Override
    public void onSettingsRefused(SettingsRefusal refusal) {
        server = null;
        end(new AuthAnswer.Failed(
                "the server's settings could not be restored: "
                        + refusal.error().message(),
                null));
    }

    @Override
    public void onAnswer(ByteBuf run) {
        reader.read(run);
    }

    @Override
    public void onReadyForQuery(byte transactionStatus) {
        if (transactionStatus != TransactionStatus.IDLE) {
            worker.loop().execute(() -> end(new AuthAnswer.Failed("auth_query opens a transaction", null)));
        }
    }

    @Override
    public void onServerIdle() {
        if (sent) {
            end(reader.answer());
        }
    }

    @Override
    public void onAnswersEnd() {
        if (reader.isTooLong()) {
            end(new AuthAnswer.Failed("the answer is too long", null));
        }
    }

    @Override
    public void onServerLost(String reason, boolean told) {
        server = null;
        if (ended) {
            return;
        }
        AuthQueryReader broken = reader;
        worker.loop().execute(broken::release);
        if (attempts < ATTEMPTS_MAX) {
            reader = new AuthQueryReader(ByteBufAllocator.DEFAULT);
            sent = false;
            worker.loop().execute(() -> {
                if (!ended) {
                    begin();
                }
            });
        } else {
            end(new AuthAnswer.Failed(reason, null));
        }
    }

    /** What a row says, in the terms of logins. */
    static AuthAnswer found(String user, @Nullable String secret) {
        return new AuthAnswer.Found(
                user, secret == null ? new StoredSecret.Impossible() : StoredSecret.parse(user, secret));
    }
}
