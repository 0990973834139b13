package dev.weir.proxy.client;

import dev.weir.proxy.insight.InsightRules;
import dev.weir.proxy.insight.QueryCounts;
import dev.weir.proxy.insight.QueryWatch;
import dev.weir.proxy.insight.RunningStatement;
import dev.weir.proxy.insight.SlowQueries;
import dev.weir.proxy.insight.SlowQuery;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one event loop ask for and what it costs. Confined to its loop. What is called for each query reads no
 * clock, takes no lock and allocates nothing, unless it is one whose text is read.
 */
public final class LoopQueries {

    private final QueryWatch watch = new QueryWatch();
    private final LoopTexts texts = new LoopTexts();
    private final SlowQueries slow;
    private final LoopTraces traces;

    LoopQueries(SlowQueries slow, LoopTraces traces) {
        this.slow = slow;
        this.traces = traces;
    }

    /** What clients have prepared under names that are their own affair. */
    LoopTexts texts() {
        return texts;
    }

    /** Counts from nothing. */
    public void reset() {
        watch.reset();
    }

    /** Copies of what is counted. */
    public List<QueryCounts> read() {
        return watch.read();
    }

    /**
     * A simple query goes to the client's server; of its text, without terminator, so much is here.
     *
     * @return what to note among what the server owes, null for nothing
     */
    @Nullable
    Undo onQuery(ClientSession session, ServerConnection server, ByteBuf in, int start, int length) {
        if (session.profile().insight().traces()) {
            traces.onQuery(session, server, in, start, length);
        }
        return watch.onQuery(
                ready(session, server),
                session.profile().insight(),
                session.pool().key(),
                in,
                start,
                length,
                session.dialect(),
                session.clock().queryStartNanos());
    }

    /**
     * A function of this OID is called without a text.
     *
     * @return what to note among what the server owes, null for nothing
     */
    @Nullable
    Undo onFunctionCall(ClientSession session, ServerConnection server, int function) {
        String told = "FUNCTION CALL \"" + Integer.toUnsignedString(function) + '"';
        ByteBuf text = Unpooled.wrappedBuffer(told.getBytes(StandardCharsets.US_ASCII));
        return onQuery(session, server, text, 0, text.readableBytes());
    }

    /** A statement is parsed whose name is the client's own affair. */
    void onParse(ClientSession session, ServerConnection server, ByteBuf in, int start, int length) {
        onPrepare(session, LoopTraces.UNNAMED, in, start, length);
        watch.onParse(
                ready(session, server),
                session.profile().insight(),
                session.pool().key(),
                in,
                start,
                length,
                session.dialect(),
                session.clock().queryStartNanos());
    }

    /**
     * A text is prepared that only traces need.
     *
     * @param statement what it becomes; {@link #onBind} will tell
     * @param length of the text, or of more behind its terminator
     */
    void onPrepare(ClientSession session, Object statement, ByteBuf in, int start, int length) {
        if (session.profile().insight().traces()) {
            traces.onPrepare(session, statement, in, start, length);
        }
    }

    /** A statement is bound. */
    void onBind(
            ClientSession session,
            ServerConnection server,
            @Nullable PreparedStatement named,
            @Nullable UnnamedStatement last) {
        if (session.profile().insight().traces()) {
            traces.onBind(session, server, named == null ? last : named);
        }
        watch.onBind(
                ready(session, server),
                session.profile().insight(),
                session.pool().key(),
                named,
                last,
                session.dialect(),
                session.clock().queryStartNanos());
    }

    /** What was parsed last is bound. */
    void onBindParsed(ClientSession session, ServerConnection server) {
        if (session.profile().insight().traces()) {
            traces.onBind(session, server, LoopTraces.UNNAMED);
        }
        watch.onBindParsed(ready(session, server));
    }

    /**
     * What was bound is executed.
     *
     * @return what to note among what the server owes, null for nothing
     */
    @Nullable
    Undo onExecute(ClientSession session, ServerConnection server) {
        RunningStatement running = ready(session, server);
        if (running.isExecuted()) {
            return watch.onExecuteBehind(
                    running, session.profile().insight(), session.pool().key());
        }
        running.onExecute();
        return null;
    }

    /** What the server executes last, after which there may be more. */
    private RunningStatement ready(ClientSession session, ServerConnection server) {
        RunningStatement running = server.session().running();
        if (running.isExecuted() && !running.isTogether()) {
            ClientClock clock = session.clock();
            watch.onMore(
                    running,
                    session.profile().insight(),
                    session.pool().key(),
                    clock.queryStartNanos() + clock.waitedNanos(),
                    clock.waitedNanos());
        }
        return running;
    }

    /** The client has all answers; its clock has been told. */
    void onAnswered(ClientSession session, ServerConnection server) {
        ClientClock clock = session.clock();
        count(session, server, clock.servedNanos(), false);
    }

    /** The client goes, and does not hear the answer to what it has asked. */
    void onEnd(ClientSession session, @Nullable ServerConnection server) {
        ClientClock clock = session.clock();
        if (!clock.isQueryRunning()) {
            return;
        }
        if (server == null) {
            if (session.profile().insight().traces()) {
                traces.onEndWithoutServer(session);
            }
        } else {
            server.session().running().onAbandoned();
            count(session, server, clock.servedNanos(System.nanoTime()), true);
        }
    }

    private void count(ClientSession session, ServerConnection server, long servedNanos, boolean abandoned) {
        RunningStatement running = server.session().running();
        InsightRules rules = session.profile().insight();
        long waitedNanos = session.clock().waitedNanos();
        if (rules.slowNanos() > 0 && servedNanos >= rules.slowNanos() && running.isExecuted()) {
            slow.add(
                    new SlowQuery(
                            session.pool().key().database(),
                            session.pool().key().user(),
                            session.login().id(),
                            session.remoteAddress(),
                            session.localAddress(),
                            session.applicationName(),
                            server.backendKey().pid(),
                            session.clock().requestMillis(),
                            servedNanos,
                            waitedNanos,
                            running.rows(),
                            abandoned || running.errors() > 0,
                            running.text(rules.textBytes(), rules.literals())),
                    session);
        }
        if (rules.traces()) {
            traces.onAnswered(session, server, servedNanos, abandoned);
        }
        watch.onAnswered(
                running,
                rules,
                session.pool().key(),
                servedNanos,
                waitedNanos,
                session.clock().queryStartNanos());
    }
}
