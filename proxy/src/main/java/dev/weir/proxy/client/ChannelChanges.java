package dev.weir.proxy.client;

import dev.weir.proxy.sql.SqlStatement;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which channels a client listens on and what its open transaction will change of that: LISTEN and UNLISTEN count from the
 * commit on. Confined to the client's event loop.
 *
 * <p>Where savepoints may take back a part, PostgreSQL itself keeps the account: the server listens on a mark in place of each
 * command, and which marks it listens on after the transaction tells which commands have come to bear.
 */
final class ChannelChanges {

    private static final String MARK = "weir:mark:";

    /** In force. */
    private final Set<String> listening = new HashSet<>();
    /** What the open transaction will change when it is committed. */
    private final Map<String, Boolean> pending = new LinkedHashMap<>();
    /** Commands that a server was given marks for, by these. */
    private final Map<String, SqlStatement> marked = new LinkedHashMap<>();
    /** Channels of commands whose turn has not come, and how often. */
    private final Map<String, Integer> promised = new HashMap<>();
    /** Commands among others in the text that a server executes now. */
    private final Deque<SqlStatement> forwarded = new ArrayDeque<>();
    /** Channels that a server may listen on since. */
    private final Set<String> onServer = new HashSet<>();

    private boolean unlistensAll;
    /** A statement has failed, or something was rolled back, since the last ReadyForQuery. */
    private boolean failed;

    private long marks;

    /** In force. */
    Set<String> listening() {
        return listening;
    }

    /** Whether the channel is listened on, or will be. */
    boolean needs(String channel) {
        return listening.contains(channel)
                || promised.containsKey(channel)
                || pending.getOrDefault(channel, false)
                || onServer.contains(channel)
                || forwarded.contains(new SqlStatement.Listen(channel))
                || marked.containsValue(new SqlStatement.Listen(channel));
    }

    /** Whether the open transaction will change something. */
    boolean arePending() {
        return unlistensAll || !pending.isEmpty() || !forwarded.isEmpty();
    }

    /** Whether only a look at the server will tell what has changed. */
    boolean awaitServer() {
        return !marked.isEmpty() || !onServer.isEmpty();
    }

    /** The command will be executed, or {@link #revoke}d, when its turn has come. */
    void promise(SqlStatement command) {
        if (command instanceof SqlStatement.Listen(String channel)) {
            promised.merge(channel, 1, Integer::sum);
        }
    }

    /** A promised command is not executed, or is now. */
    void revoke(SqlStatement command) {
        if (command instanceof SqlStatement.Listen(String channel)) {
            promised.computeIfPresent(channel, (key, times) -> times == 1 ? null : times - 1);
        }
    }

    /** The command is executed: it counts from the commit on. */
    void execute(SqlStatement command) {
        switch (command) {
            case SqlStatement.Listen(String channel) -> pending.put(channel, true);
            case SqlStatement.Unlisten(String channel) -> {
                if (listening.contains(channel) || pending.containsKey(channel)) {
                    pending.put(channel, false);
                }
            }
            default -> {
                unlistensAll = true;
                pending.clear();
            }
        }
    }

    /** What a server is to execute in place of the command. */
    String markText(SqlStatement command) {
        String mark = MARK + marks++;
        marked.put(mark, command);
        return "LISTEN \"" + mark + '"';
    }

    /** The server gets a text that has these commands among others. */
    void forward(List<SqlStatement> commands) {
        forwarded.clear();
        forwarded.addAll(commands);
    }

    /** The server has executed the next of them. */
    void onForwardedDone() {
        SqlStatement done = forwarded.poll();
        if (done instanceof SqlStatement.Listen(String channel)) {
            onServer.add(channel);
        } else if (done != null) {
            execute(done);
        }
    }

    /** The text has been executed, as far as it could be. */
    void onForwardedEnd() {
        forwarded.clear();
    }

    /**
     * Something has failed or was rolled back.
     *
     * @param whole whether that is certainly all that the open transaction has changed so far
     */
    void onRolledBack(boolean whole) {
        if (whole) {
            forgetPending();
        }
        failed = true;
    }

    /** The transaction goes on: what was rolled back was not all of it. */
    void onGoingOn() {
        failed = false;
    }

    /** The transaction has ended, as well as its statements have. */
    void onEnd() {
        if (failed) {
            forgetPending();
        } else {
            onCommitted();
        }
    }

    /** The transaction was committed. */
    void onCommitted() {
        if (unlistensAll) {
            listening.clear();
        }
        pending.forEach(this::set);
        forgetPending();
    }

    private void set(String channel, boolean listens) {
        if (listens) {
            listening.add(channel);
        } else {
            listening.remove(channel);
        }
    }

    private void forgetPending() {
        pending.clear();
        unlistensAll = false;
        failed = false;
    }

    /**
     * PostgreSQL has told what the server listens on after the transaction.
     *
     * @return which of that is ours
     */
    Set<String> onServerListens(Collection<String> found, Set<String> joined) {
        Set<String> ours = new HashSet<>();
        for (String channel : found) {
            if (joined.contains(channel)) {
                listening.add(channel);
                ours.add(channel);
            } else if (channel.startsWith(MARK)) {
                ours.add(channel);
            }
        }
        marked.forEach((mark, command) -> {
            if (found.contains(mark)) {
                execute(command);
                onCommitted();
            }
        });
        marked.clear();
        onServer.clear();
        return ours;
    }

    /** Nothing is listened on any more. */
    void clear() {
        listening.clear();
        promised.clear();
        forwarded.clear();
        onServer.clear();
        marked.clear();
        forgetPending();
    }
}
