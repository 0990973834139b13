package dev.weir.proxy.server;

import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionFacts;
import dev.weir.proxy.state.SessionSettings;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Whoever a server connection serves. Called on the event loop that both share. What has a default concerns only those who pass
 * on what somebody else asks; who asks for one thing of its own need not hear of it.
 */
public interface ServerUser {

    /** The settings its statements must run under. */
    SessionSettings settings();

    /** Whether a server has accepted these settings before, so that they may travel together with the first query. */
    boolean settingsProven();

    /**
     * The server runs under {@link #settings()} and reports {@code reported}.
     *
     * @param changed whether they were just applied, so that the server's spelling of them may differ from the user's
     */
    void onSettingsApplied(ReportedParameters reported, boolean changed);

    /** What the user has left in the session: the answer to {@link ServerSession#probe}. */
    default void onSessionProbed(SessionFacts facts) {}

    /** PostgreSQL refused the settings. */
    void onSettingsRefused(SettingsRefusal refusal);

    /** Whether not everybody may set or reset some of them: {@link SessionFacts#privileged()}. */
    default boolean settingsPrivileged() {
        return false;
    }

    /** Whether it is known that no server will take these settings. */
    default boolean settingsHopeless() {
        return false;
    }

    /** Bytes of answers. The user owns {@code run}. */
    void onAnswer(ByteBuf run);

    /** All answers that arrived together have been handed over. */
    default void onAnswersEnd() {}

    /** Whether more answers are welcome now. */
    default boolean isWritable() {
        return true;
    }

    /** A reported parameter changed while the user's own statement ran; the message itself goes to the user too. */
    default void onParameterStatus(String name, String value, ReportedParameters reported) {}

    /** Whether notifications that arrive on the server are this user's: only if nobody else ever listened on it. */
    default boolean wantsNotifications() {
        return false;
    }

    /** The end of a command that discards the session's state, by its tag: {@code DISCARD ALL}, {@code DEALLOCATE ALL} … */
    default void onSessionDiscarded(String tag) {}

    /** Whoever keeps what the user is not told of, null if it is told of everything. */
    default @Nullable RefusedBatches refusedBatches() {
        return null;
    }

    /** Whoever has a say when transactions of this user end, null if nobody has. */
    default @Nullable TransactionWatcher watcher() {
        return null;
    }

    /** ReadyForQuery of the user's own. */
    default void onReadyForQuery(byte transactionStatus) {}

    /** Nothing is outstanding and no transaction is open: the moment to let the server go. */
    void onServerIdle();

    /** Whether there is something on this free server that it may miss on another. */
    default boolean wouldLike(ServerConnection candidate) {
        return false;
    }

    /** Whether it has got all of its answers, and any other server would do as well. */
    default boolean needsNothing() {
        return false;
    }

    /** The server can take more bytes. */
    default void onServerWritable() {}

    /**
     * The server is gone; the link is over.
     *
     * @param told whether PostgreSQL's own FATAL error has already gone to the user
     */
    void onServerLost(String reason, boolean told);
}
