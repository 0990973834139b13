package dev.weir.proxy.relay;

import dev.weir.proxy.wire.BackendType;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL does with the messages of a client, as its documentation has it ("Message Flow"): answers in order, an
 * error of the extended protocol skips to the next Sync, COPY FROM STDIN ignores Flush and Sync. Everything may fail.
 *
 * <p>It is told of messages that are never sent too and gives them an answer of their own, so that it knows their place.
 */
final class PostgresModel {

    /** What a statement does when it is executed. */
    enum Statement {
        COMMAND,
        ROWS,
        EMPTY,
        COPY_OUT,
        COPY_IN
    }

    /** A message of the frontend that no entry stands for. */
    static final byte COPY_DATA = 20;

    /**
     * A message of the frontend.
     *
     * @param kind as in {@link Expectations}, or {@link #COPY_DATA}
     * @param id its number, for what is to be undone
     * @param statements what it executes
     */
    record Sent(byte kind, byte action, int id, List<Statement> statements) {}

    /** A message of the backend, type 0 for what was never asked, and what must be done with it. */
    record Answer(byte type, byte action, byte kind) {}

    private final Random random;
    private final int failsOnceIn;
    private final Deque<Sent> received = new ArrayDeque<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    /** Messages of the extended protocol that were skipped or refused. */
    private final BitSet refused = new BitSet();

    private boolean ignoringTillSync;
    private boolean batchOpen;
    private final Deque<Statement> remaining = new ArrayDeque<>();
    private @Nullable Sent copying;

    PostgresModel(Random random, int failsOnceIn) {
        this.random = random;
        this.failsOnceIn = failsOnceIn;
    }

    void receive(Sent message) {
        received.add(message);
    }

    boolean hasReceived() {
        return !received.isEmpty();
    }

    boolean hasAnswers() {
        return !answers.isEmpty();
    }

    Answer takeAnswer() {
        return answers.remove();
    }

    BitSet refused() {
        return refused;
    }

    boolean isCopyIn() {
        return copying != null;
    }

    /** Whether ReadyForQuery comes only after a Sync that it has not read. */
    boolean needsSync() {
        return batchOpen;
    }

    /** Whether nothing that it has got, or is doing, will have an answer. */
    boolean owesNothing() {
        return answers.isEmpty()
                && copying == null
                && !batchOpen
                && received.stream().allMatch(sent -> sent.kind == COPY_DATA || sent.kind == Expectations.COPY_END);
    }

    /** Processes one message. */
    void work() {
        Sent message = received.remove();
        if (copying != null) {
            readForCopy(copying, message);
        } else if (message.kind == Expectations.SYNC) {
            sync(message);
        } else if (message.kind == COPY_DATA || message.kind == Expectations.COPY_END) {
            return; // accepted and ignored outside of a COPY
        } else if (ignoringTillSync) {
            refused.set(message.id, isExtended(message));
        } else if (message.kind == Expectations.QUERY) {
            remaining.addAll(message.statements);
            runQuery(message);
        } else if (message.kind == Expectations.FUNCTION_CALL) {
            answer(message, fails() ? BackendType.ERROR_RESPONSE : BackendType.FUNCTION_CALL_RESPONSE);
            ready(message);
        } else {
            extended(message);
        }
    }

    private static boolean isExtended(Sent message) {
        return message.kind >= Expectations.PARSE && message.kind <= Expectations.CLOSE;
    }

    private void readForCopy(Sent copy, Sent message) {
        boolean simple = copy.kind == Expectations.QUERY;
        switch (message.kind) {
            case Expectations.SYNC -> {
                return; // ignored, as Flush is
            }
            case COPY_DATA -> {
                if (!fails()) {
                    return;
                }
                failCopy(copy, simple);
            }
            case Expectations.COPY_END -> {
                boolean copyFail = message.statements.isEmpty();
                if (copyFail || fails()) {
                    failCopy(copy, simple);
                    return;
                }
                copying = null;
                answer(copy, BackendType.COMMAND_COMPLETE);
                if (simple) {
                    runQuery(copy);
                }
            }
            default -> throw new IllegalStateException("the test sends " + message.kind + " within a COPY");
        }
    }

    private void failCopy(Sent copy, boolean simple) {
        copying = null;
        if (simple) {
            remaining.clear();
            answer(copy, BackendType.ERROR_RESPONSE);
            ready(copy);
        } else {
            refuse(copy);
        }
    }

    private void sync(Sent message) {
        ignoringTillSync = false;
        if (fails()) {
            answer(message, BackendType.ERROR_RESPONSE); // a deferred constraint, say
        }
        ready(message);
    }

    private void runQuery(Sent query) {
        while (!remaining.isEmpty()) {
            if (fails()) {
                remaining.clear();
                answer(query, BackendType.ERROR_RESPONSE);
            } else {
                Statement statement = remaining.remove();
                if (statement == Statement.ROWS) {
                    answer(query, BackendType.ROW_DESCRIPTION);
                }
                execute(query, statement);
                if (copying != null) {
                    return;
                }
            }
        }
        ready(query);
    }

    private void extended(Sent message) {
        batchOpen = true;
        if (message.action == Expectations.INVENT) {
            answers.add(new Answer((byte) 0, message.action, message.kind));
            return;
        }
        if (fails()) {
            refuse(message);
            return;
        }
        switch (message.kind) {
            case Expectations.PARSE -> answer(message, BackendType.PARSE_COMPLETE);
            case Expectations.BIND -> answer(message, BackendType.BIND_COMPLETE);
            case Expectations.CLOSE -> answer(message, BackendType.CLOSE_COMPLETE);
            case Expectations.DESCRIBE -> {
                if (random.nextBoolean()) {
                    answer(message, BackendType.PARAMETER_DESCRIPTION);
                }
                answer(message, random.nextBoolean() ? BackendType.ROW_DESCRIPTION : BackendType.NO_DATA);
            }
            default -> execute(message, message.statements.getFirst());
        }
    }

    private void execute(Sent message, Statement statement) {
        switch (statement) {
            case COMMAND -> answer(message, BackendType.COMMAND_COMPLETE);
            case EMPTY -> answer(message, BackendType.EMPTY_QUERY_RESPONSE);
            case COPY_IN -> {
                copying = message;
                answer(message, BackendType.COPY_IN_RESPONSE);
            }
            case COPY_OUT -> {
                answer(message, BackendType.COPY_OUT_RESPONSE);
                repeat(message, BackendType.COPY_DATA);
                answer(message, BackendType.COPY_DONE);
                answer(message, BackendType.COMMAND_COMPLETE);
            }
            case ROWS -> {
                repeat(message, BackendType.DATA_ROW);
                if (message.kind == Expectations.EXECUTE && fails()) {
                    refuse(message);
                } else {
                    boolean suspended = message.kind == Expectations.EXECUTE && random.nextBoolean();
                    answer(message, suspended ? BackendType.PORTAL_SUSPENDED : BackendType.COMMAND_COMPLETE);
                }
            }
        }
    }

    private void repeat(Sent message, byte type) {
        for (int i = random.nextInt(3); i > 0; i--) {
            answer(message, type);
        }
    }

    private void refuse(Sent message) {
        refused.set(message.id);
        ignoringTillSync = true;
        // the client's message cannot succeed without ours, so it is told why
        answers.add(new Answer(BackendType.ERROR_RESPONSE, Expectations.FORWARD, message.kind));
    }

    private void ready(Sent message) {
        batchOpen = false;
        answer(message, BackendType.READY_FOR_QUERY);
    }

    private void answer(Sent message, byte type) {
        answers.add(new Answer(type, message.action, message.kind));
    }

    private boolean fails() {
        return random.nextInt(failsOnceIn) == 0;
    }
}
