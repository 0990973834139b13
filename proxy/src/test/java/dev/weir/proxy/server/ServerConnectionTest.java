package dev.weir.proxy.server;

import static dev.weir.proxy.relay.Expectations.BIND;
import static dev.weir.proxy.relay.Expectations.CLOSE;
import static dev.weir.proxy.relay.Expectations.COPY_END;
import static dev.weir.proxy.relay.Expectations.EXECUTE;
import static dev.weir.proxy.relay.Expectations.FORWARD;
import static dev.weir.proxy.relay.Expectations.INVENT;
import static dev.weir.proxy.relay.Expectations.PARSE;
import static dev.weir.proxy.relay.Expectations.QUERY;
import static dev.weir.proxy.relay.Expectations.SYNC;
import static dev.weir.proxy.server.ServerConversation.bytes;
import static dev.weir.proxy.server.ServerConversation.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.statement.Definitions;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TypeOid;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Server connections driven by what PostgreSQL may say, split at every byte. */
final class ServerConnectionTest {

    private static final PgError SHUTDOWN = PgError.fatal(SqlState.ADMIN_SHUTDOWN, "terminating connection");

    @Test
    void isFreeAfterItsLogin() {
        byte[] login = ServerConversation.loginAnswers();
        for (int cut = 0; cut <= login.length; cut++) {
            try (ServerConversation conversation = new ServerConversation()) {
                conversation.receive(login, cut);

                assertThat(conversation.owner.events)
                        .as("cut at " + cut)
                        .containsExactly("CONNECTING-LOGGING_IN", "logged in", "LOGGING_IN-IDLE", "free");
                assertThat(conversation.server.settings().reported().find("timezone"))
                        .isEqualTo("UTC");
            }
        }
    }

    @Test
    void whoLeavesTheProofOutIsNoServer() {
        try (ServerConversation conversation = new ServerConversation()) {
            conversation.receive(out -> {
                Messages.parameterStatus(out, "TimeZone", "UTC");
                Messages.readyForQuery(out, (byte) 'I');
            });

            assertThat(conversation.owner.events).doesNotContain("logged in", "free");
            assertThat(conversation.server.state()).isEqualTo(ServerState.CLOSED);
        }
    }

    @Test
    void nothingFollowsARefusal() {
        try (ServerConversation conversation = new ServerConversation()) {
            conversation.receive(out -> {
                Messages.authenticationOk(out);
                SHUTDOWN.write(out);
                Messages.readyForQuery(out, (byte) 'I');
            });

            assertThat(conversation.owner.events).doesNotContain("logged in", "free");
            assertThat(conversation.server.state()).isEqualTo(ServerState.CLOSED);
        }
    }

    @Test
    void isAtRestOnlyWhenReadyForQuerySaysIdle() {
        byte[] answers = bytes(out -> {
            rows(out);
            Messages.readyForQuery(out, (byte) 'T');
            Messages.commandComplete(out, "COMMIT");
            Messages.readyForQuery(out, (byte) 'I');
        });
        for (int cut = 0; cut <= answers.length; cut++) {
            try (ServerConversation conversation = ServerConversation.linked()) {
                conversation.expect(FORWARD, QUERY, QUERY);
                byte[] first = Arrays.copyOf(answers, cut);
                conversation.receive(first);
                assertThat(conversation.user.events.contains("server idle")).isEqualTo(cut == answers.length);

                conversation.receive(Arrays.copyOfRange(answers, cut, answers.length));

                assertThat(conversation.user.answers).hasToString(ByteBufUtil.hexDump(answers));
                assertThat(conversation.user.events).startsWith("ready T", "ready I", "server idle");
            }
        }
    }

    @Test
    void isCalledByTheDatabaseThatClientsName() {
        try (ServerConversation conversation = ServerConversation.linked()) {
            assertThat(conversation.server).asString().matches("S-0x[0-9a-f]+: pool/role@localhost:5432");
        }
    }

    @ParameterizedTest
    @CsvSource({"A, false", "N, false", "A, true"})
    void isNotFreeInTheMiddleOfAMessage(char type, boolean abandoned) {
        byte[] answers = bytes(out -> {
            Messages.commandComplete(out, "LISTEN");
            Messages.readyForQuery(out, (byte) 'I');
            out.writeBytes(message(type, "name\0value\0\0"));
        });
        for (int missing = 1; missing <= 12; missing++) {
            try (ServerConversation conversation = ServerConversation.linked()) {
                conversation.expect(FORWARD, QUERY);
                conversation.receive(Arrays.copyOf(answers, answers.length - missing));
                if (abandoned) {
                    conversation.server.abandon("client gone", false, false);
                    assertThat(conversation.owner.events)
                            .as(missing + " bytes missing")
                            .doesNotContain("free");
                } else {
                    assertThat(conversation.user.events)
                            .as(missing + " bytes missing")
                            .doesNotContain("server idle");
                }

                conversation.receive(Arrays.copyOfRange(answers, answers.length - missing, answers.length));

                if (abandoned) {
                    assertThat(conversation.owner.events).endsWith("DRAINING-IDLE", "free");
                } else {
                    assertThat(conversation.user.events).endsWith("server idle");
                    assertThat(conversation.user.answers).hasToString(ByteBufUtil.hexDump(answers));
                }
            }
        }
    }

    @Test
    void answersToTheSettingsReachNobody() {
        byte[] answers = bytes(out -> {
            rows(out);
            Messages.parameterStatus(out, "TimeZone", "CET");
            Messages.readyForQuery(out, (byte) 'I');
            Messages.commandComplete(out, "BEGIN");
            Messages.readyForQuery(out, (byte) 'T');
        });
        for (int cut = 0; cut <= answers.length; cut++) {
            try (ServerConversation conversation = ServerConversation.idle()) {
                conversation.user.settings = SessionSettings.NONE.with("timezone", "CET");
                conversation.server.link(conversation.user);
                assertThat(conversation.server.settings().isReady()).isTrue();
                conversation.expect(FORWARD, QUERY).server.flush();
                assertThat(conversation.sent()).contains("set_config('timezone','CET',false)");

                conversation.receive(answers, cut);

                assertThat(conversation.user.answers).as("cut at " + cut).hasToString(hex(out -> {
                    Messages.commandComplete(out, "BEGIN");
                    Messages.readyForQuery(out, (byte) 'T');
                }));
                assertThat(conversation.user.events).containsExactly("settings applied (changed)", "ready T");
                assertThat(conversation.server.settings().applied()).isEqualTo(conversation.user.settings);
                assertThat(conversation.server.settings().reported().find("TimeZone"))
                        .isEqualTo("CET");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, true, 08P01, OVERTAKEN, CLOSED",
        "false, false, true, 08P01, FINAL, IDLE",
        "false, true, true, 08P01, ELSEWHERE, CLOSED",
        "false, true, true, 42501, FINAL, IDLE",
        "false, true, false, 42501, ELSEWHERE, CLOSED",
    })
    void refusedSettingsEndTheLink(
            boolean proven, boolean used, boolean own, String sqlState, SettingsRefusal.Kind kind, ServerState after) {
        try (ServerConversation conversation = ServerConversation.idle()) {
            if (used) {
                conversation.server.link(conversation.user);
                conversation.server.unlink();
                conversation.user.events.clear();
            }
            conversation.user.settings = SessionSettings.NONE.with("work_mem", "much");
            conversation.user.proven = proven;
            conversation.server.link(conversation.user);
            assertThat(conversation.server.settings().isReady()).isEqualTo(proven);

            conversation.receive(out -> {
                if (own) {
                    Messages.rowDescription(out, List.of("set_config"), TypeOid.TEXT);
                }
                SqlState state =
                        sqlState.equals("42501") ? SqlState.INSUFFICIENT_PRIVILEGE : SqlState.PROTOCOL_VIOLATION;
                Messages.errorResponse(out, PgError.error(state, "no"));
                Messages.readyForQuery(out, (byte) 'I');
            });

            assertThat(conversation.user.events).containsExactly("settings refused: no " + kind);
            assertThat(conversation.user.answers).isEmpty();
            assertThat(conversation.server.state()).isEqualTo(after);
        }
    }

    @Test
    void inventedAnswersComeInTheirTurn() {
        byte[] answers = bytes(out -> {
            Messages.bindComplete(out);
            Messages.commandComplete(out, "SELECT 0");
            Messages.readyForQuery(out, (byte) 'I');
        });
        String expected = hex(out -> {
            Messages.parseComplete(out);
            Messages.bindComplete(out);
            Messages.commandComplete(out, "SELECT 0");
            Messages.closeComplete(out);
            Messages.parseComplete(out);
            Messages.readyForQuery(out, (byte) 'I');
        });
        for (int cut = 0; cut <= answers.length; cut++) {
            try (ServerConversation conversation = ServerConversation.linked()) {
                conversation.expect(INVENT, PARSE).server.inventAnswers();
                conversation
                        .expect(FORWARD, BIND, EXECUTE)
                        .expect(INVENT, CLOSE, PARSE)
                        .expect(FORWARD, SYNC);

                conversation.receive(answers, cut);

                assertThat(conversation.user.answers).as("cut at " + cut).hasToString(expected);
                assertThat(conversation.server.expectations().isEmpty()).isTrue();
            }
        }
    }

    @Test
    void aFatalErrorIsDeliveredOnceAndVerbatim() {
        byte[] fatal = bytes(out -> Messages.errorResponse(out, SHUTDOWN));
        for (int cut = 0; cut <= fatal.length; cut++) {
            for (boolean outstanding : new boolean[] {true, false}) {
                try (ServerConversation conversation = ServerConversation.linked()) {
                    if (outstanding) {
                        conversation.expect(FORWARD, QUERY);
                    }
                    conversation.receive(fatal, cut);
                    conversation.hangUp();

                    assertThat(conversation.user.answers)
                            .as("cut at " + cut)
                            .hasToString(hex(out -> Messages.errorResponse(out, SHUTDOWN)));
                    assertThat(conversation.user.events).endsWith("lost: server conn crashed? (told)");
                    assertThat(conversation.owner.events).endsWith("LINKED-CLOSED", "closed: server conn crashed?");
                }
            }
        }
    }

    @Test
    void aUserWhoseAnswerIsWholeMayGoBeforeItHearsOfTheEnd() {
        byte[] answer = bytes(out -> Messages.readyForQuery(out, (byte) 'I'));
        byte[] both = bytes(out -> {
            Messages.readyForQuery(out, (byte) 'I');
            Messages.errorResponse(out, SHUTDOWN);
        });
        for (boolean goes : new boolean[] {true, false}) {
            try (ServerConversation conversation = ServerConversation.linked()) {
                conversation.expect(FORWARD, QUERY);
                conversation.user.onIdle = goes ? conversation.server::unlink : () -> {};
                conversation.receive(both);

                assertThat(conversation.user.events).startsWith("ready I", "server idle");
                assertThat(conversation.user.answers).hasToString(ByteBufUtil.hexDump(goes ? answer : both));
                assertThat(conversation.isOpen()).isEqualTo(!goes);
                assertThat(conversation.owner.events)
                        .isEqualTo(
                                goes
                                        ? List.of("LINKED-CLOSED", "closed: server said: terminating connection")
                                        : List.of());
            }
        }
    }

    @Test
    void aLostConnectionIsReportedToTheUserOnce() {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.expect(FORWARD, QUERY);
            conversation.hangUp();

            assertThat(conversation.user.events).containsExactly("lost: server conn crashed?");
            assertThat(conversation.server.expectations().isEmpty()).isTrue();
        }
    }

    @Test
    void aRefusedLoginSaysWhy() {
        PgError refused = PgError.fatal(SqlState.TOO_MANY_CONNECTIONS, "sorry");
        try (ServerConversation conversation = new ServerConversation()) {
            conversation.receive(out -> Messages.errorResponse(out, refused));

            assertThat(conversation.owner.events).endsWith("closed: login failed: sorry 53300 (never open)");
            assertThat(conversation.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"Z, I", "1, ''", "C, SELECT 1", "D, ''", "?, ''", "E, ''"})
    void whatWasNotAskedForClosesTheConnection(char type, String body) {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.receive(message(type, body));

            assertThat(conversation.server.state()).isEqualTo(ServerState.CLOSED);
            assertThat(conversation.isOpen()).isFalse();
            assertThat(conversation.user.answers).isEmpty();
            assertThat(conversation.user.events).singleElement().asString().startsWith("lost: protocol violation");
        }
    }

    @ParameterizedTest
    @CsvSource({"3", "-1", "-2147483648"})
    void anImpossibleLengthClosesTheConnection(int length) {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.expect(FORWARD, QUERY);
            conversation.receive(out -> out.writeByte('D').writeInt(length));

            assertThat(conversation.user.events).singleElement().asString().contains("invalid message length");
        }
    }

    @ParameterizedTest
    @CsvSource({"I, true", "X, false", "'', false", "II, false"})
    void readyForQueryMustBeOneOfThree(String status, boolean valid) {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.expect(FORWARD, QUERY);
            conversation.receive(message('Z', status));

            assertThat(conversation.server.state() == ServerState.LINKED).isEqualTo(valid);
        }
    }

    @Test
    void notesWhatTheUserDiscards() {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation
                    .server
                    .statements()
                    .add(Definitions.acquire(conversation.texts, "select 1\0\0\0".getBytes(StandardCharsets.US_ASCII)));
            conversation.server.settings().are(SessionSettings.NONE.with("a", "b"));
            conversation.expect(FORWARD, QUERY, QUERY);

            conversation.receive(out -> {
                Messages.commandComplete(out, "DISCARD ALL");
                Messages.readyForQuery(out, (byte) 'I');
            });
            assertThat(conversation.server.statements().size()).isZero();
            assertThat(conversation.server.settings().applied()).isEqualTo(SessionSettings.NONE);

            conversation.receive(out -> {
                Messages.commandComplete(out, "RESET");
                Messages.readyForQuery(out, (byte) 'I');
            });
            assertThat(conversation.server.settings().applied()).isNull();
            assertThat(conversation.user.events).contains("discarded by DISCARD ALL", "discarded by RESET");
        }
    }

    @Test
    void anAbandonedQueryIsCancelledAndRolledBack() {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.expect(FORWARD, QUERY);

            conversation.server.abandon("client gone", false, false);
            assertThat(conversation.server.state()).isEqualTo(ServerState.DRAINING);
            assertThat(conversation.cancels).hasSize(1);
            conversation.receive(out -> {
                Messages.errorResponse(out, PgError.error(SqlState.PROTOCOL_VIOLATION, "cancelled"));
                Messages.readyForQuery(out, (byte) 'E');
            });
            assertThat(conversation.sent()).isEqualTo("Q\0\0\0\rROLLBACK\0");
            conversation.receive(out -> {
                Messages.commandComplete(out, "ROLLBACK");
                Messages.readyForQuery(out, (byte) 'I');
            });
            assertThat(conversation.server.state())
                    .as("the cancel may still come")
                    .isEqualTo(ServerState.HELD);

            conversation.cancels.getFirst().run();

            assertThat(conversation.owner.events)
                    .containsExactly("LINKED-DRAINING", "DRAINING-HELD", "HELD-IDLE", "free");
            assertThat(conversation.user.answers).isEmpty();
        }
    }

    @Test
    void aBatchWhoseSyncCopyHasReadIsEndedBeforeTheServerIsFree() {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.expect(FORWARD, EXECUTE, SYNC);
            conversation.receive(message('G', "\0\0\0"));
            conversation.expect(FORWARD, COPY_END);
            conversation.receive(out -> Messages.commandComplete(out, "COPY 1"));

            conversation.server.abandon("client gone", false, false);

            assertThat(conversation.server.state()).isEqualTo(ServerState.DRAINING);
            assertThat(conversation.sent()).isEqualTo("S\0\0\0\4");
            conversation.receive(out -> Messages.readyForQuery(out, (byte) 'I'));
            assertThat(conversation.server.state()).isEqualTo(ServerState.IDLE);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aCopyThatBeginsAfterItsClientHasGoneIsEnded(boolean copyDoneSent) {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.expect(FORWARD, QUERY);
            if (copyDoneSent) {
                conversation.expect(FORWARD, COPY_END);
            }
            conversation.server.abandon("client gone", false, false);
            conversation.sent();

            conversation.receive(message('G', "\0\0\0"));
            assertThat(conversation.sent()).isEqualTo(copyDoneSent ? "" : "f\0\0\0\30the client has gone\0");
            conversation.receive(out -> {
                Messages.errorResponse(out, PgError.error(SqlState.PROTOCOL_VIOLATION, "COPY failed"));
                Messages.readyForQuery(out, (byte) 'I');
            });
            conversation.cancels.getFirst().run();

            assertThat(conversation.server.state()).isEqualTo(ServerState.IDLE);
        }
    }

    @Test
    void isResetBeforeItIsFreeIfItsUserLeftSomethingBehind() {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.owner.resetQuery = "DISCARD ALL";
            conversation.server.release().requireReset();

            conversation.server.unlink();
            assertThat(conversation.sent()).isEqualTo("Q\0\0\0\20DISCARD ALL\0");
            conversation.receive(out -> {
                Messages.commandComplete(out, "DISCARD ALL");
                Messages.readyForQuery(out, (byte) 'I');
            });

            assertThat(conversation.owner.events).containsExactly("LINKED-RESETTING", "RESETTING-IDLE", "free");
        }
    }

    @Test
    void isCleanedFirstAndThenResetIfBothAreDue() {
        try (ServerConversation conversation = ServerConversation.linked()) {
            conversation.owner.resetQuery = "SELECT 'reset'";
            conversation.server.release().requireReset();
            conversation.server.release().requireCleaning();

            conversation.server.unlink();
            assertThat(conversation.sent()).contains("DISCARD ALL").doesNotContain("reset");
            conversation.receive(out -> {
                Messages.commandComplete(out, "DISCARD ALL");
                Messages.readyForQuery(out, (byte) 'I');
            });
            assertThat(conversation.sent()).contains("SELECT 'reset'");
            conversation.receive(out -> {
                Messages.commandComplete(out, "SELECT 1");
                Messages.readyForQuery(out, (byte) 'I');
            });

            assertThat(conversation.owner.events).containsExactly("LINKED-RESETTING", "RESETTING-IDLE", "free");
        }
    }

    @Test
    void noiseIsRefusedWithoutLosingABuffer() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] answers = bytes(out -> {
            rows(out);
            Messages.parameterStatus(out, "TimeZone", "CET");
            Messages.errorResponse(out, PgError.error(SqlState.PROTOCOL_VIOLATION, "no"));
            Messages.readyForQuery(out, (byte) 'I');
            Messages.commandComplete(out, "DISCARD ALL");
            Messages.readyForQuery(out, (byte) 'I');
        });
        for (int round = 0; round < 3000; round++) {
            byte[] noise = answers.clone();
            for (int i = random.nextInt(4); i > 0; i--) {
                noise[random.nextInt(noise.length)] = (byte) random.nextInt(256);
            }
            int first = random.nextInt(noise.length);
            try (ServerConversation conversation = ServerConversation.linked()) {
                conversation.expect(FORWARD, QUERY, QUERY);
                conversation.receive(noise, first, first + random.nextInt(noise.length - first));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dfuzz.seed=" + seed + ", round " + round, e);
            }
        }
    }

    private static void rows(ByteBuf out) {
        Messages.rowDescription(out, List.of("a"), 25);
        Messages.dataRow(out, List.of("value"));
        Messages.commandComplete(out, "SELECT 1");
    }

    private static byte[] message(char type, String body) {
        return bytes(out -> {
            out.writeByte(type).writeInt(4 + body.length());
            out.writeCharSequence(body, StandardCharsets.ISO_8859_1);
        });
    }
}
