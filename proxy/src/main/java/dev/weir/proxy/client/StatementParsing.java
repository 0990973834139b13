package dev.weir.proxy.client;

import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SqlScanner;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SqlStatements;
import dev.weir.proxy.sql.SqlText;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.StatementTexts;
import dev.weir.proxy.statement.StatementTraits;
import dev.weir.proxy.statement.UnnamedStatement;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Parse: what a text does to the session is read once here, a named statement becomes a shared one, an unnamed one is
 * remembered. A server that knows the shared statement already is not asked again.
 *
 * <p>Confined to the client's event loop.
 */
final class StatementParsing {

    /** A statement longer than this cannot be kept for preparing it again. */
    private static final int DEFINITION_BYTES_MAX = 16 << 20;

    private static final int COMMANDS = Effects.DEALLOCATES | Effects.DISCARDS | Effects.LISTENS | Effects.EXECUTES;

    private final ClientSession session;
    private final OpenStatements open;
    private final StatementTexts texts;
    private final ServerPreparation preparation;
    private final LocalCommands local;
    private final DescribedRows rows;
    private int parsedEffects;
    /** Characters that {@link #withoutComments} has cut off in front. */
    private int indent;

    private final SessionTexts sessionTexts = new SessionTexts();
    private StatementTraits namedTraits = StatementTraits.of(0, MentionedSettings.NONE);
    /** How the last unnamed statement's text was read. */
    private SqlDialect unnamedDialect = SqlDialect.USUAL;

    StatementParsing(
            ClientSession session,
            OpenStatements open,
            StatementTexts texts,
            ServerPreparation preparation,
            LocalCommands local,
            DescribedRows rows) {
        this.session = session;
        this.open = open;
        this.texts = texts;
        this.preparation = preparation;
        this.local = local;
        this.rows = rows;
    }

    // | str statement | str query | int16 n | int32 type … |
    int parse(MessageFramer framer, ByteBuf in, int start, int length, int available) {
        int name = WireNames.length(in, start, length, available);
        if (name < 0) {
            return MessageSink.NEED_MORE;
        }
        boolean renames = session.renamesStatements();
        if (name == 0 || !renames) {
            if (available < Math.min(length, ClientInbound.READ_BYTES_MAX)) {
                return MessageSink.NEED_MORE;
            }
            return renames
                    ? parseUnnamed(framer, in, start + 1, length - 1, available - 1)
                    : forward(framer, name, in, start + name + 1, length - name - 1, available - name - 1);
        }
        if (length > DEFINITION_BYTES_MAX) {
            return session.pinLimit()
                    .refuseBatch(
                            PgError.error(
                                    SqlState.PROGRAM_LIMIT_EXCEEDED,
                                    "a named statement of " + length
                                            + " bytes cannot be prepared through a shared connection"),
                            framer);
        }
        return available < length
                ? MessageSink.NEED_MORE
                : parseNamed(framer, WireNames.bytes(in, start, name), in, start + name + 1, length - name - 1);
    }

    /** {@link Effects} of the last text. */
    int parsedEffects() {
        return parsedEffects;
    }

    /** What any of the client's named statements may do, where their names are not known here. */
    StatementTraits namedTraits() {
        return namedTraits;
    }

    /** Where the client's statements are its own affair. */
    private int forward(MessageFramer framer, int name, ByteBuf in, int start, int length, int available) {
        boolean follows = session.followsState();
        StatementTraits traits = StatementTraits.of(effects(in, start, available), MentionedSettings.NONE);
        if (available == length) {
            learn(name, follows ? suspected(traits(in, start, available), in, start, available) : traits);
        }
        int answer = session.forward(Expectations.PARSE);
        ServerConnection server = session.server();
        if (answer == MessageSink.FORWARD && server != null) {
            int text = textLength(in, start, available);
            if (name == 0) {
                session.queries().onParse(session, server, in, start, text);
            } else {
                keepText(name, in, start, text);
            }
        }
        if (answer == MessageSink.FORWARD && available < length) {
            if (follows) {
                watch(framer, null, in, start, available, whole -> learn(name, whole));
            } else {
                learn(name, traits);
            }
        }
        return answer;
    }

    private void keepText(int name, ByteBuf in, int start, int length) {
        LoopTexts texts = session.queries().texts();
        long text = texts.put(in, start, length);
        sessionTexts.put(in, start - 1 - name, name, text);
        session.queries().onPrepare(session, Objects.requireNonNull(texts.find(text)), in, start, length);
    }

    /** What the client has prepared under a name that is its own affair; null if that is not known. */
    @Nullable
    UnnamedStatement sessionText(ByteBuf in, int start, int length) {
        return sessionTexts.find(session.queries().texts(), in, start, length);
    }

    private void learn(int name, StatementTraits traits) {
        if (name == 0) {
            open.unnamedSlot().set(new UnnamedStatement(null, traits), 0, false);
        } else {
            namedTraits = StatementTraits.of(
                    namedTraits.effects() | traits.effects(),
                    namedTraits.settings().and(traits.settings()));
        }
    }

    private void watch(
            MessageFramer framer,
            byte @Nullable [] copy,
            ByteBuf in,
            int start,
            int available,
            Consumer<StatementTraits> end) {
        TextWatch watch = new TextWatch(session, copy, end);
        watch.onPiece(in, start, available, false);
        framer.watchRest(watch);
    }

    // ---- unnamed ----

    private int parseUnnamed(MessageFramer framer, ByteBuf in, int start, int length, int available) {
        UnnamedStatement last = open.unnamed();
        boolean whole = available == length;
        UnnamedStatement parsed =
                last != null && whole && isSame(last, in, start, length) ? last : read(in, start, length, available);
        if (!whole && isCommand(parsedEffects, length)) {
            return MessageSink.NEED_MORE;
        }
        if (parsed.command() != null && !isFailed()) {
            boolean revocable = session.server() != null;
            UnnamedChange change = UnnamedChange.toPrepare(open.unnamedSlot(), null, parsed);
            keep(parsed, length, revocable);
            if (revocable) {
                open.unnamedSlot().onChanging(session.repeat().batch());
            }
            return local.parsed(framer, change);
        }
        PgError refusal = session.server() == null ? session.pinLimit().refusal(parsed.effects()) : null;
        if (refusal != null) {
            return session.pinLimit().refuseBatch(refusal, framer); // without standing in line for a server
        }
        if (whole) {
            session.link().refused().look(parsed.effects(), in, start, textLength(in, start, length));
        }
        boolean admitted = session.channels().show(parsed.effects())
                && session.trace().sequences().admits(parsed.effects(), framer);
        ServerConnection server = admitted ? session.link().request() : null;
        if (server == null) {
            return MessageSink.STOP;
        }
        PreparedStatement executed = parsed.executed();
        byte[] definition = parsed.definition();
        if (executed != null && definition != null) {
            framer.emitRun();
            preparation.ensure(server, executed);
            ByteBuf out = server.buffer(MessageFramer.HEADER_BYTES + 1 + definition.length);
            out.writeByte(FrontendType.PARSE).writeInt(4 + 1 + definition.length);
            server.write(out.writeByte(0).writeBytes(definition));
        }
        UnnamedChange change = UnnamedChange.toPrepare(open.unnamedSlot(), server.statements(), parsed);
        if (whole) {
            keep(parsed, length, true);
        } else {
            byte[] copy = isKept(length) ? new byte[length] : null;
            open.unnamedSlot().set(parsed, copy == null ? 0 : length, true);
            watch(framer, copy, in, start, available, traits -> parsed.complete(copy, traits));
        }
        session.queries().onPrepare(session, parsed, in, start, available);
        server.statements().setUnnamed(parsed);
        open.unnamedSlot().onChanging(session.repeat().batch());
        server.expectations().add(Expectations.PARSE, Expectations.FORWARD, change);
        return executed == null ? MessageSink.FORWARD : MessageSink.DISCARD;
    }

    /** Remembers a statement, and its text as far as there is room. */
    private void keep(UnnamedStatement parsed, int length, boolean revocable) {
        boolean held = parsed.equals(open.unnamed()) || length < UnnamedSlot.BYTES_FREE;
        int room = held ? 0 : length;
        if (room > 0 && !isKept(length)) {
            parsed.forget();
            room = 0;
        }
        open.unnamedSlot().set(parsed, room, revocable);
    }

    private boolean isKept(int length) {
        return length <= DEFINITION_BYTES_MAX && texts.reserveUnnamed(length);
    }

    private boolean isCommand(int effects, int length) {
        return (effects & COMMANDS) != 0
                && session.followsState()
                && (effects & Effects.MANY) == 0
                && length <= DEFINITION_BYTES_MAX;
    }

    /** Whether the transaction has failed, so that PostgreSQL refuses whatever comes. */
    private boolean isFailed() {
        ServerConnection server = session.server();
        return server != null && server.transactionStatus() == TransactionStatus.FAILED;
    }

    /** Whether the message prepares once more what was prepared last, as drivers do for each execution. */
    private boolean isSame(UnnamedStatement last, ByteBuf in, int start, int length) {
        byte[] definition = last.definition();
        return definition != null
                && last.command() == null
                && last.executed() == null
                && definition.length == length
                && session.dialect().equals(unnamedDialect)
                && in.getByte(start + length / 2) == definition[length / 2]
                && Unpooled.wrappedBuffer(definition).equals(in.slice(start, length));
    }

    private UnnamedStatement read(ByteBuf in, int start, int length, int available) {
        unnamedDialect = session.dialect();
        if (available < length) {
            return new UnnamedStatement(
                    null, StatementTraits.of(effects(in, start, available), MentionedSettings.NONE));
        }
        Parsed parsed = read(WireNames.bytes(in, start, length), in, start, length);
        return new UnnamedStatement(parsed.definition(), parsed.traits());
    }

    // ---- named ----

    private int parseNamed(MessageFramer framer, byte[] name, ByteBuf in, int start, int length) {
        PreparedStatement existing = open.find(name, session.meaning());
        boolean uncertain = existing != null
                || open.isDoubtful(
                        Unpooled.wrappedBuffer(name),
                        0,
                        name.length,
                        session.repeat().batch());
        if (uncertain && session.link().waitForAnswers()) {
            // Whether the name is really taken will be known then: the Parse that gave it away may have failed.
            return MessageSink.STOP;
        }
        Parsed parsed = read(withoutComments(in, start, length), in, start, length);
        PreparedStatement statement = existing == null ? acquire(parsed) : existing;
        if (statement == null) {
            return session.pinLimit().refuseBatch(open.refusal(length), framer);
        }
        session.queries().onPrepare(session, statement, in, start, length);
        if (existing == null && parsed.traits().command() != null && !isFailed()) {
            session.counters().clientParses++;
            open.put(name, statement);
            return local.parsed(framer, () -> open.forget(name, statement));
        }
        if (existing == null && session.server() == null) {
            if (statement.isProvenFor(session.pool().database().schema())) {
                // a server learns of it with the Bind that needs it
                session.counters().clientParses++;
                open.put(name, statement);
                rows.forget(statement);
                return local.parsed(framer, () -> {});
            }
        }
        session.link().refused().look(parsed.traits().effects(), in, start, textLength(in, start, length));
        ServerConnection server = session.channels().show(parsed.traits().effects())
                ? session.link().request()
                : null;
        if (server == null) {
            if (existing == null) {
                texts.release(statement);
            }
            return MessageSink.STOP;
        }
        session.counters().clientParses++;
        framer.emitRun();
        if (existing != null) {
            refuse(server, name, existing, parsed.definition());
            return MessageSink.DISCARD;
        }
        rows.forget(statement);
        open.put(name, statement);
        open.onChanging(name, session.repeat().batch());
        prepare(server, name, statement);
        return MessageSink.DISCARD;
    }

    private void prepare(ServerConnection server, byte[] name, PreparedStatement statement) {
        if (server.expectations().isEmpty()) {
            server.statements().onAllAnswered();
        }
        PreparedStatement executed = statement.executed();
        if (executed != null) {
            preparation.ensure(server, executed);
        }
        if (server.statements().use(statement) && server.statements().isConfirmed(statement)) {
            server.expectations().add(Expectations.PARSE, Expectations.INVENT, () -> open.forget(name, statement));
            server.inventAnswers();
        } else {
            preparation.send(server, statement, indent, () -> open.forget(name, statement));
        }
    }

    /** The name is in use: PostgreSQL says so, if nothing else is wrong, when the server knows it as well. */
    private void refuse(ServerConnection server, byte[] name, PreparedStatement existing, byte[] definition) {
        if (isFailed() && !ServerPreparation.isKnown(server, existing)) {
            ServerPreparation.raiseInUse(server, name, indent, definition); // nothing can be prepared now
            return;
        }
        preparation.ensure(server, existing);
        ServerPreparation.sendParse(server, existing.serverName(), indent, definition);
        server.expectations()
                .add(
                        Expectations.PARSE,
                        Expectations.FORWARD,
                        () -> server.statements().nameInUse(existing, name));
    }

    private @Nullable PreparedStatement acquire(Parsed parsed) {
        return open.acquire(PreparedStatement.Origin.PARSE, parsed.definition(), session.meaning(), parsed.traits());
    }

    /** The text is the statement; what a tracer has written around it differs each time. */
    private byte[] withoutComments(ByteBuf in, int start, int length) {
        indent = 0;
        if (session.profile().keepsComments()) {
            return WireNames.bytes(in, start, length);
        }
        int text = textLength(in, start, length);
        long core = SqlText.core(in, start, text, session.dialect());
        int kept = SqlText.length(core);
        indent = characters(in, start, SqlText.start(core));
        byte[] definition = new byte[kept + length - text];
        in.getBytes(start + SqlText.start(core), definition, 0, kept);
        in.getBytes(start + text, definition, kept, length - text);
        return definition;
    }

    /** In UTF-8 the bytes that continue a character do not count; other encodings are rarely in need of more than ASCII. */
    private static int characters(ByteBuf in, int start, int length) {
        int characters = 0;
        for (int i = start; i < start + length; i++) {
            characters += (in.getByte(i) & 0xc0) == 0x80 ? 0 : 1;
        }
        return characters;
    }

    // ---- reading texts ----

    /** @param definition as servers get it */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Parsed(byte[] definition, StatementTraits traits) {}

    private Parsed read(byte[] definition, ByteBuf in, int start, int length) {
        int effects = effects(in, start, length);
        if (!isCommand(effects, length)) {
            return new Parsed(definition, traits(in, start, length));
        }
        int text = textLength(Unpooled.wrappedBuffer(definition), 0, definition.length);
        SqlStatement statement = SqlStatements.single(Unpooled.wrappedBuffer(definition), 0, text, session.dialect());
        if (statement instanceof SqlStatement.Execute execute) {
            PreparedStatement executed = open.find(WireNames.bytes(execute.name()), session.meaning());
            return executed == null
                    ? new Parsed(definition, traits(in, start, length))
                    : new Parsed(
                            QueryScript.renamed(
                                    definition, execute.nameStart(), execute.nameEnd(), executed.serverName()),
                            new StatementTraits(
                                    executed.effects(), executed.traits().settings(), null, executed));
        }
        return new Parsed(
                definition,
                local.canRun(statement)
                        ? new StatementTraits(effects, MentionedSettings.NONE, statement, null)
                        : traits(in, start, length));
    }

    private StatementTraits traits(ByteBuf in, int start, int available) {
        int effects = effects(in, start, available);
        return StatementTraits.read(in, start, textLength(in, start, available), effects);
    }

    private StatementTraits suspected(StatementTraits visible, ByteBuf in, int start, int available) {
        SuspectNames suspects = session.pool().suspects();
        return visible.with(
                suspects, suspects.effectsIn(in, start, textLength(in, start, available), session.dialect()));
    }

    private int effects(ByteBuf in, int start, int available) {
        int text = textLength(in, start, available);
        parsedEffects = SqlScanner.effects(in, start, text, session.dialect());
        return parsedEffects;
    }

    /** Bytes in front of the text's terminator, all if it has not arrived. */
    private static int textLength(ByteBuf in, int start, int available) {
        int end = available <= 0 ? -1 : in.indexOf(start, start + available, (byte) 0);
        return end < 0 ? Math.max(available, 0) : end - start;
    }
}
