package dev.weir.proxy.server;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.server.OwnStatements.Purpose;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How a server connection comes back to its pool: brought to rest if its client left in the middle of something, kept from
 * others while cancel requests are on their way to it, reset, checked, or closed where it is too old or not certainly clean.
 *
 * <p>Confined to the connection's event loop.
 */
public final class ServerRelease {

    private static final String NOT_CLEAN = "client disconnect while server was not ready";

    /** PostgreSQL ends it sooner itself. */
    private static final Duration SURVEY_PATIENCE = Duration.ofSeconds(15);

    private final ServerConnection server;
    private final Expectations expectations;
    private final OwnStatements own;
    private final CancelSender cancels;
    private boolean resetDue;
    private boolean cleaningDue;
    private boolean checkDue;
    private @Nullable String closeNeeded;
    private @Nullable String leaving;
    private int cancelsInFlight;
    private int cancelsSent;
    private @Nullable FunctionSurvey survey;

    ServerRelease(ServerConnection server, OwnStatements own, CancelSender cancels) {
        this.server = server;
        this.expectations = server.expectations();
        this.own = own;
        this.cancels = cancels;
    }

    private ServerRules rules() {
        return server.owner().rules();
    }

    /** See {@link ServerConnection#abandon}. */
    void abandon(String reason, boolean midMessage, boolean letFinish) {
        if (server.state() == ServerState.CLOSED) {
            return; // it died under what was sent last
        }
        if (midMessage || expectations.isAmbiguous()) {
            if (!expectations.isEmpty()) {
                cancels.send(server, () -> {}, () -> {});
            }
            server.close(reason);
            return;
        }
        boolean nothingOwed = expectations.isEmpty() && !expectations.needsSync() && !server.isMidAnswer();
        if (nothingOwed && server.transactionStatus() == TransactionStatus.IDLE) {
            giveBack();
            return;
        }
        server.become(ServerState.DRAINING);
        server.countdown().start(patience(), () -> server.close(reason));
        if (!expectations.isEmpty() && !letFinish && !expectations.isCopyIn()) {
            if (survey != null) {
                survey.interrupt();
            }
            sendCancel(() -> {});
        }
        endCopyAndBatch();
        server.flush();
        settle();
    }

    /** How long a server may take to come to rest; never for ever. */
    private Duration patience() {
        Duration configured = rules().cancelWaitTimeout();
        return configured.isZero() ? Duration.ofSeconds(10) : configured;
    }

    private void endCopyAndBatch() {
        ByteBuf out = server.buffer(64);
        boolean copyOfBatch = expectations.isCopyIn() && expectations.headKind() == Expectations.EXECUTE;
        if (expectations.isCopyOpen()) {
            Messages.copyFail(out, "the client has gone");
            expectations.add(Expectations.COPY_END, Expectations.SWALLOW);
        }
        if (expectations.needsSync() || copyOfBatch) {
            Messages.sync(out);
            expectations.add(Expectations.SYNC, Expectations.SWALLOW);
        }
        server.write(out);
    }

    /** A COPY has begun although its client has gone. */
    void endCopy() {
        if (server.state() == ServerState.DRAINING) {
            endCopyAndBatch();
            server.flush();
        }
    }

    /** A server that drains: rolls back as soon as everything owed has come. */
    void settle() {
        if (server.state() != ServerState.DRAINING || own.isRunning()) {
            return;
        }
        if (expectations
                .isCopyOpen()) { // began after its client had gone; a cancel does not reach one that waits for data
            endCopyAndBatch();
            server.flush();
        }
        if (!expectations.isEmpty() || server.isMidAnswer()) {
            return;
        }
        if (expectations.isAmbiguous()) {
            server.close(NOT_CLEAN);
        } else if (server.transactionStatus() == TransactionStatus.IDLE) {
            server.countdown().stop();
            giveBack();
        } else {
            own.send(Purpose.ROLLBACK, "ROLLBACK");
            server.flush();
        }
    }

    /** The server is clean of its last user but for the rules of the pool: cancels under way, reset, age. */
    void giveBack() {
        if (server.state() == ServerState.CLOSED) {
            return;
        }
        String reason = leaving != null ? leaving : closeNeeded;
        if (reason == null) {
            reason = server.owner().closeReason(server);
        }
        if (reason == null && expectations.isAmbiguous()) {
            reason = NOT_CLEAN;
        }
        if (reason != null) {
            server.close(reason);
        } else if (cancelsInFlight > 0) {
            if (server.state() != ServerState.HELD) {
                server.become(ServerState.HELD);
            }
        } else if (!isSurveyed()) {
            cleanAndFree();
        }
    }

    private void reset() {
        runBeforeFree(Purpose.RESET, rules().resetQuery(), "reset query failed");
    }

    private void clean() {
        runBeforeFree(Purpose.CLEAN, "DISCARD ALL", "session could not be cleaned");
    }

    private void runBeforeFree(Purpose purpose, String sql, String failure) {
        if (server.state() != ServerState.RESETTING) { // it may be cleaned first and then reset
            server.become(ServerState.RESETTING);
        }
        server.countdown().start(patience(), () -> server.close(failure));
        own.send(purpose, sql);
        server.flush();
    }

    void onCleaned(@Nullable PgError error) {
        server.countdown().stop();
        if (error != null || server.transactionStatus() != TransactionStatus.IDLE) {
            server.close("session could not be cleaned");
        } else {
            cleaningDue = false;
            server.settings().onCleaned();
            giveBack();
        }
    }

    private void cleanAndFree() {
        if (cleaningDue) {
            clean();
        } else if (resetDue && !rules().resetQuery().isEmpty()) {
            reset();
        } else if (!server.settings().patience().isEmpty()) {
            runBeforeFree(Purpose.PATIENCE, server.settings().patience(), "reset query failed");
        } else {
            free();
        }
    }

    void onPatient(@Nullable PgError error) {
        server.settings().onPatient();
        onReset(error);
    }

    /**
     * Has a server looked through for functions, if that is due: one that has just served somebody, so that nobody waits for
     * his first server because of it.
     */
    private boolean isSurveyed() {
        boolean hasServed = server.state() != ServerState.IDLE && server.state() != ServerState.CHECKING;
        FunctionSurvey due = hasServed ? server.owner().surveyDue() : null;
        if (due == null) {
            return false;
        }
        if (server.state() != ServerState.RESETTING) {
            server.become(ServerState.RESETTING);
        }
        begin(due);
        return true;
    }

    private void begin(FunctionSurvey due) {
        survey = due;
        server.countdown().start(SURVEY_PATIENCE, () -> server.close("functions could not be searched"));
        own.send(Purpose.SURVEY, due.sql());
        server.flush();
    }

    /**
     * Has the server looked through while its user has it, between two transactions; {@link ServerUser#onServerIdle} follows.
     *
     * @return false if that is not due
     */
    public boolean surveyForUser() {
        FunctionSurvey due = cancelsInFlight == 0 ? server.owner().surveyDue() : null;
        if (due == null) {
            return false;
        }
        begin(due);
        return true;
    }

    /**
     * Clients wait: what is being asked for can be asked for again. Not while the server has a user, whose next query the
     * cancel request might hit.
     */
    public void interruptSurvey() {
        FunctionSurvey running = survey;
        if (running != null && cancelsInFlight == 0 && server.user() == null) {
            running.interrupt();
            sendCancel(() -> {});
        }
    }

    void onSurveyed(@Nullable PgError error) {
        server.countdown().stop();
        FunctionSurvey answered = survey;
        survey = null;
        if (answered != null) {
            answered.end(error);
        }
        if (server.state() != ServerState.RESETTING) {
            return; // its user has it, or has left in the middle of this
        }
        if (server.transactionStatus() != TransactionStatus.IDLE) {
            server.close(NOT_CLEAN);
        } else {
            giveBack();
        }
    }

    /** What is being asked for, if anything. */
    @Nullable
    FunctionSurvey survey() {
        return survey;
    }

    /** The connection is gone. */
    void onClosed() {
        if (survey != null) {
            survey.lose();
            survey = null;
        }
    }

    private void free() {
        resetDue = false;
        if (server.state() != ServerState.IDLE) {
            checkDue = rules().check() && rules().checkDelay().isZero() && server.state() != ServerState.CHECKING;
            server.become(ServerState.IDLE);
        }
        server.owner().onServerFree(server);
    }

    void onReset(@Nullable PgError error) {
        server.countdown().stop();
        if (error != null || server.transactionStatus() != TransactionStatus.IDLE) {
            server.close("reset query failed");
        } else {
            resetDue = false;
            giveBack();
        }
    }

    /** The user kept session state that the reset query has to clear before anybody else gets the server. */
    public void requireReset() {
        resetDue = true;
    }

    /** What its user has sent may leave anything in the session: nobody else gets the server before it is cleared. */
    public void requireCleaning() {
        cleaningDue = true;
    }

    /** PostgreSQL has said that nothing is left but what is known. */
    public void forgoCleaning() {
        cleaningDue = false;
    }

    /** Whether it has been idle so long that it must answer a check before it serves. */
    public boolean isCheckDue(long nowNanos) {
        ServerRules rules = rules();
        return checkDue
                || (rules.check()
                        && !rules.checkDelay().isZero()
                        && nowNanos - server.stateSinceNanos()
                                > rules.checkDelay().toNanos());
    }

    /** Asks an idle server for a sign of life; it becomes free again or is closed. */
    public void check() {
        server.become(ServerState.CHECKING);
        checkDue = false;
        server.countdown().start(rules().connectTimeout(), () -> server.close("test query failed"));
        own.send(Purpose.CHECK, rules().checkQuery());
        server.flush();
    }

    void onChecked(@Nullable PgError error) {
        server.countdown().stop();
        if (error != null) {
            server.close("test query failed");
        } else {
            giveBack();
        }
    }

    /** Sends a cancel request for what runs now; the server is not given to anybody else until it was delivered. */
    public void sendCancel(Runnable delivered) {
        AtomicBoolean sent = new AtomicBoolean();
        cancelsInFlight++;
        cancels.send(
                server,
                () -> server.owner().worker().run(() -> {
                    sent.set(true);
                    cancelsSent++;
                }),
                () -> {
                    server.owner().worker().run(() -> onCancelDelivered(sent.get()));
                    delivered.run();
                });
    }

    private void onCancelDelivered(boolean sent) {
        cancelsInFlight--;
        if (sent) {
            cancelsSent--;
        }
        if (cancelsInFlight == 0 && server.state() == ServerState.HELD) {
            giveBack();
        }
    }

    /** Cancel requests on their way to this server. */
    public int cancelsInFlight() {
        return cancelsInFlight;
    }

    /** Those of them that PostgreSQL has been written; the others still connect. */
    public int cancelsSent() {
        return cancelsSent;
    }

    /** From now on the server is closed instead of becoming free. */
    void needsClose(String reason) {
        closeNeeded = reason;
    }

    /** PostgreSQL has said that it ends the session: nobody else gets it. */
    void onFarewell(String reason) {
        leaving = reason;
    }

    /** Closes as soon as nobody uses it, at once if nobody does. */
    public void closeWhenFree(String reason) {
        if (server.state() == ServerState.IDLE) {
            server.close(reason);
        } else {
            closeNeeded = reason;
        }
    }

    /** Whether it is to be closed when it becomes free. */
    public boolean isCloseNeeded() {
        return closeNeeded != null;
    }
}
