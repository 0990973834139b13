package dev.weir.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.relay.PostgresModel.Answer;
import dev.weir.proxy.relay.PostgresModel.Sent;
import dev.weir.proxy.relay.PostgresModel.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random conversations of a client with a model of PostgreSQL, sent, answered and read in any order that can be: each answer
 * must be matched to what asked for it. Run with {@code -Dfuzz.seed=…} to repeat a failure.
 */
final class ExpectationsModelTest {

    private static final int CONVERSATIONS = 20_000;

    /** What needs nothing more of the client. */
    private static final List<Statement> COMPLETE =
            List.of(Statement.COMMAND, Statement.ROWS, Statement.EMPTY, Statement.COPY_OUT);

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());

    @Test
    void everyAnswerIsMatchedToWhatAskedForIt() {
        int ambiguous = 0;
        for (int i = 0; i < CONVERSATIONS; i++) {
            Conversation conversation = new Conversation(new Random(seed + i));
            try {
                conversation.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dfuzz.seed=" + (seed + i) + "\n" + String.join("\n", conversation.log), e);
            }
            ambiguous += conversation.expectations.isAmbiguous() ? 1 : 0;
        }
        assertThat(ambiguous).as("conversations that could not be followed").isBetween(1, CONVERSATIONS / 5);
    }

    private static final class Conversation {

        private final Random random;
        private final Expectations expectations = new Expectations();
        private final PostgresModel postgres;
        private final Deque<Sent> script = new ArrayDeque<>();
        private final BitSet undone = new BitSet();
        private final List<String> log = new ArrayList<>();
        private final List<Byte> invented = new ArrayList<>();
        private final List<Byte> toInvent = new ArrayList<>();
        private int ids;
        private int lastUndone;
        private boolean syncInCopySent;

        Conversation(Random random) {
            this.random = random;
            this.postgres = new PostgresModel(random, 4 + random.nextInt(40));
        }

        void run() {
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                writeScript();
            }
            // from a client that waits for each answer to one that sends all at once
            int sends = 1 + random.nextInt(10);
            int works = 1 + random.nextInt(10);
            int reads = 1 + random.nextInt(10);
            while (!script.isEmpty() || postgres.hasReceived() || postgres.hasAnswers()) {
                int dice = random.nextInt(sends + works + reads);
                if (dice < sends) {
                    send();
                } else if (dice < sends + works) {
                    work();
                } else {
                    read();
                }
                if (expectations.isAmbiguous()) {
                    assertThat(syncInCopySent).as("a Sync sent into a COPY").isTrue();
                    return; // such a server is closed
                }
                assertThatReleaseWouldBeSafe();
            }
            takeInventions();
            assertThat(expectations.isCopyIn()).as("copy in").isEqualTo(postgres.isCopyIn());
            assertThat(expectations.isEmpty()).as("nothing owed").isEqualTo(!postgres.isCopyIn());
            if (!postgres.isCopyIn()) {
                assertThat(expectations.needsSync()).as("needs Sync").isEqualTo(postgres.needsSync());
            }
            assertThat(invented).as("invented").isEqualTo(toInvent);
            assertThat(undone).as("undone").isEqualTo(postgres.refused());
        }

        private void assertThatReleaseWouldBeSafe() {
            if (expectations.isEmpty() && !expectations.needsSync()) {
                assertThat(postgres.owesNothing()).as("PostgreSQL owes nothing").isTrue();
            }
        }

        private void send() {
            if (script.isEmpty()) {
                return;
            }
            Sent sent = script.remove();
            log.add("send " + sent);
            if (sent.kind() != PostgresModel.COPY_DATA) {
                lastUndone = Integer.MAX_VALUE;
                boolean undoable = sent.kind() >= Expectations.PARSE && sent.kind() <= Expectations.CLOSE;
                expectations.add(sent.kind(), sent.action(), undoable ? () -> undo(sent.id()) : null);
            }
            postgres.receive(sent);
        }

        private void undo(int id) {
            log.add("undo " + id);
            assertThat(undone.get(id)).as("undone before").isFalse();
            assertThat(id).as("undone after those behind it").isLessThan(lastUndone);
            undone.set(id);
            lastUndone = id;
        }

        private void work() {
            if (postgres.hasReceived()) {
                postgres.work();
            }
        }

        private void read() {
            if (random.nextInt(3) == 0) {
                takeInventions();
            }
            if (!postgres.hasAnswers()) {
                return;
            }
            Answer answer = postgres.takeAnswer();
            log.add("read " + (char) answer.type() + " " + answer);
            if (answer.action() == Expectations.INVENT) {
                toInvent.add(answer.kind());
                return;
            }
            takeInventions();
            assertThat(invented).as("invented before " + answer).isEqualTo(toInvent);
            lastUndone = Integer.MAX_VALUE;
            assertThat(expectations.onMessage(answer.type()))
                    .as(answer.toString())
                    .isEqualTo(answer.action());
        }

        private void takeInventions() {
            for (int kind = expectations.takeInvention(); kind != 0; kind = expectations.takeInvention()) {
                log.add("invent " + kind);
                invented.add((byte) kind);
            }
        }

        private void writeScript() {
            switch (random.nextInt(12)) {
                case 0 -> write(Expectations.QUERY, anyAction(), statements());
                case 1 -> {
                    List<Statement> statements = new ArrayList<>(statements());
                    statements.add(random.nextInt(statements.size() + 1), Statement.COPY_IN);
                    write(Expectations.QUERY, Expectations.FORWARD, statements);
                    writeCopy(random.nextInt(8) == 0);
                }
                case 2 -> write(Expectations.FUNCTION_CALL, Expectations.FORWARD, List.of());
                case 3 -> {
                    write(Expectations.EXECUTE, Expectations.FORWARD, List.of(Statement.COPY_IN));
                    writeCopy(random.nextInt(3) == 0);
                    if (random.nextInt(4) > 0) {
                        write(Expectations.SYNC, Expectations.FORWARD, List.of());
                    }
                }
                case 4 -> write(Expectations.COPY_END, Expectations.FORWARD, List.of());
                case 5, 6, 7 -> write(Expectations.SYNC, anyAction(), List.of());
                default -> {
                    for (int i = 1 + random.nextInt(6); i > 0; i--) {
                        writeExtended();
                    }
                }
            }
        }

        private void writeExtended() {
            byte[] inventable = {Expectations.FORWARD, Expectations.FORWARD, Expectations.SWALLOW, Expectations.INVENT};
            byte action = inventable[random.nextInt(inventable.length)];
            switch (random.nextInt(5)) {
                case 0 -> write(Expectations.PARSE, action, List.of());
                case 1 -> write(Expectations.CLOSE, action, List.of());
                case 2 -> write(Expectations.BIND, Expectations.FORWARD, List.of());
                case 3 -> write(Expectations.DESCRIBE, Expectations.FORWARD, List.of());
                default -> write(Expectations.EXECUTE, Expectations.FORWARD, statements());
            }
        }

        /** What a client sends behind a COPY FROM STDIN, whether or not that comes to run. */
        private void writeCopy(boolean withSyncs) {
            for (int i = random.nextInt(4); i > 0; i--) {
                if (withSyncs && random.nextBoolean()) {
                    write(Expectations.SYNC, Expectations.FORWARD, List.of());
                    syncInCopySent = true;
                }
                write(PostgresModel.COPY_DATA, Expectations.FORWARD, List.of());
            }
            // CopyFail has nothing to execute
            write(
                    Expectations.COPY_END,
                    Expectations.FORWARD,
                    random.nextInt(4) == 0 ? List.of() : List.of(Statement.COMMAND));
        }

        private List<Statement> statements() {
            List<Statement> statements = new ArrayList<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                statements.add(COMPLETE.get(random.nextInt(COMPLETE.size())));
            }
            return statements;
        }

        private byte anyAction() {
            return random.nextInt(4) == 0 ? Expectations.SWALLOW : Expectations.FORWARD;
        }

        private void write(byte kind, byte action, List<Statement> statements) {
            script.add(new Sent(kind, action, ids++, statements));
        }
    }
}
