package dev.weir.proxy.client;

import dev.weir.proxy.relay.Answer;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Commands that are the client's own affair and that no server needs to hear of, in the extended protocol: Parse, Bind,
 * Describe and Execute of them are answered here, in their turn among the answers of the server if there is one.
 *
 * <p>Confined to the client's event loop.
 */
final class LocalCommands {

    /** So many portals of such commands may be open by name; there is no use for even one. */
    private static final int PORTALS_MAX = 64;

    /** Of a statement and a portal of our own. */
    private static final String MARK = "weir_mark";

    private final ClientSession session;
    private final OpenStatements open;
    private @Nullable SqlStatement unnamedPortal;
    private @Nullable Map<String, SqlStatement> portals;

    LocalCommands(ClientSession session, OpenStatements open) {
        this.session = session;
        this.open = open;
    }

    // ---- portals ----

    /** A portal now belongs to this command, or to none of these. */
    void bindPortal(ByteBuf in, int start, int length, @Nullable SqlStatement command) {
        if (length == 0) {
            unnamedPortal = command;
        } else if (command != null) {
            if (portals == null) {
                portals = new HashMap<>();
            }
            if (portals.size() < PORTALS_MAX) {
                portals.put(name(in, start, length), command);
            }
        } else if (portals != null) {
            portals.remove(name(in, start, length));
        }
    }

    boolean hasPortals() {
        return unnamedPortal != null || portals != null;
    }

    /** The command behind a portal, null if PostgreSQL has the portal. */
    @Nullable
    SqlStatement findPortal(ByteBuf in, int start, int length) {
        if (length == 0) {
            return unnamedPortal;
        }
        return portals == null ? null : portals.get(name(in, start, length));
    }

    /** Whether it was one of ours. */
    boolean closePortal(ByteBuf in, int start, int length) {
        boolean ours = findPortal(in, start, length) != null;
        bindPortal(in, start, length, null);
        return ours;
    }

    /** Portals end with their transaction. */
    void forgetPortals() {
        unnamedPortal = null;
        portals = null;
    }

    private static String name(ByteBuf in, int start, int length) {
        return in.toString(start, length, StandardCharsets.ISO_8859_1);
    }

    // ---- answers ----

    int parsed(MessageFramer framer, Undo undo) {
        return answer(framer, Expectations.PARSE, Messages::parseComplete, undo);
    }

    int bound(MessageFramer framer) {
        return answer(framer, Expectations.BIND, Messages::bindComplete, () -> {});
    }

    int describedPortal(MessageFramer framer) {
        return answer(framer, Expectations.DESCRIBE, Messages::noData, () -> {});
    }

    int describedStatement(MessageFramer framer) {
        return answer(
                framer,
                Expectations.DESCRIBE,
                out -> {
                    Messages.parameterDescription(out);
                    Messages.noData(out);
                },
                () -> {});
    }

    int closed(MessageFramer framer) {
        return closed(framer, () -> {});
    }

    int closed(MessageFramer framer, Undo undo) {
        return answer(framer, Expectations.CLOSE, Messages::closeComplete, undo);
    }

    private int answer(MessageFramer framer, byte kind, Consumer<ByteBuf> words, Undo undo) {
        ServerConnection server = session.server();
        if (server == null) {
            session.answerHere(words);
        } else {
            framer.emitRun();
            server.expectations().add(kind, Expectations.INVENT, new Words(words, undo));
            server.inventAnswers();
        }
        return MessageSink.DISCARD;
    }

    private record Words(Consumer<ByteBuf> words, Undo taking) implements Answer {
        @Override
        public void write(ByteBuf out) {
            words.accept(out);
        }

        @Override
        public void undo() {
            taking.undo();
        }

        @Override
        public void skip() {
            taking.skip();
        }
    }

    // ---- doing ----

    /** Carries out a command whose portal is executed. */
    int execute(MessageFramer framer, SqlStatement command) {
        ServerConnection server = session.server();
        if (server != null && server.expectations().isSkipping()) {
            return MessageSink.DISCARD; // as PostgreSQL would
        }
        if (ClientChannels.isCommand(command)) {
            return listen(framer, command);
        }
        Outcome outcome = run(command);
        return answer(
                framer,
                Expectations.EXECUTE,
                out -> {
                    outcome.news().accept(out);
                    Messages.commandComplete(out, outcome.tag());
                },
                outcome.undo());
    }

    private int listen(MessageFramer framer, SqlStatement command) {
        ClientChannels channels = session.channels();
        PgError refusal = channels.refusal();
        if (refusal != null) {
            int answer = session.pinLimit().refuseBatch(refusal, framer);
            if (answer != MessageSink.STOP) {
                channels.onRefused();
            }
            return answer;
        }
        if (!channels.prepare(command)) {
            return MessageSink.STOP;
        }
        if (session.server() != null && session.trace().hasSavepoints()) {
            if (session.link().request() == null) {
                return MessageSink.STOP;
            }
            framer.emitRun();
            mark(command);
            return answer(
                    framer,
                    Expectations.EXECUTE,
                    out -> Messages.commandComplete(out, ClientChannels.tag(command)),
                    () -> {});
        }
        ChannelChanges changes = channels.changes();
        changes.promise(command);
        return answer(
                framer,
                Expectations.EXECUTE,
                out -> {
                    changes.revoke(command);
                    changes.execute(command);
                    Messages.commandComplete(out, ClientChannels.tag(command));
                },
                () -> changes.revoke(command));
    }

    /** Lets the server keep account of whether the command is taken back. */
    private void mark(SqlStatement command) {
        ServerConnection server = session.server();
        if (server == null) {
            return;
        }
        ByteBuf out = server.buffer(256);
        Messages.close(out, 'S', MARK);
        Messages.parse(out, MARK, session.channels().changes().markText(command));
        Messages.bind(out, MARK, MARK, List.of());
        Messages.execute(out, MARK, 0);
        Messages.close(out, 'P', MARK);
        Messages.close(out, 'S', MARK);
        server.write(out);
        Expectations expectations = server.expectations();
        expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
        expectations.add(Expectations.PARSE, Expectations.SWALLOW);
        expectations.add(Expectations.BIND, Expectations.SWALLOW);
        expectations.add(Expectations.EXECUTE, Expectations.SWALLOW);
        expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
        expectations.add(Expectations.CLOSE, Expectations.SWALLOW);
        session.trace().note(StatementTraits.of(Effects.LISTENS, MentionedSettings.NONE), server);
    }

    /**
     * What a command has come to.
     *
     * @param news what the client is told in front of the command's end
     * @param undo the way back
     */
    record Outcome(String tag, Consumer<ByteBuf> news, Undo undo) {}

    /** Whether a command can be carried out here: PostgreSQL has better words for what is wrong. */
    boolean canRun(SqlStatement command) {
        return switch (command) {
            case SqlStatement.Deallocate deallocate ->
                open.find(WireNames.bytes(deallocate.name()), session.meaning()) != null;
            case SqlStatement.DeallocateAll _ -> !session.trace().hasStatements();
            case SqlStatement.DiscardAll _ -> session.server() == null;
            case SqlStatement.Listen _, SqlStatement.Unlisten _, SqlStatement.UnlistenAll _ ->
                session.channels().isShared(command);
            default -> false;
        };
    }

    /** Carries out a command that {@link #canRun}. */
    Outcome run(SqlStatement command) {
        return switch (command) {
            case SqlStatement.Deallocate deallocate -> {
                byte[] name = WireNames.bytes(deallocate.name());
                var removed = open.remove(name);
                if (session.server() != null) {
                    open.onChanging(name, session.repeat().batch());
                }
                yield new Outcome("DEALLOCATE", _ -> {}, () -> open.restore(name, removed));
            }
            case SqlStatement.DeallocateAll _ -> {
                Runnable back = open.removeAll();
                yield new Outcome("DEALLOCATE ALL", _ -> {}, back::run);
            }
            case SqlStatement.DiscardAll _ -> {
                open.clear();
                session.channels().discard();
                yield new Outcome("DISCARD ALL", session::resetSettings, () -> {});
            }
            default -> throw new IllegalStateException("not carried out here: " + command);
        };
    }
}
