package dev.weir.proxy.client;

import dev.weir.config.ServerAddress;
import dev.weir.proxy.insight.InsightRules;
import dev.weir.proxy.insight.RunningStatement;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.time.WallClock;
import dev.weir.proxy.trace.SpanExport;
import dev.weir.proxy.trace.StatementSpan;
import dev.weir.proxy.trace.TraceContext;
import dev.weir.proxy.trace.TraceParent;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans of what the clients of one event loop ask for, where it belongs to a trace or is chosen by chance. Confined to
 * its loop; not called at all as long as no spans are wanted. Of a request that is not traced it costs some bytes of reading.
 */
final class LoopTraces {

    /** What is prepared without a name in session mode, where nothing else is known of it. */
    static final Object UNNAMED = new Object();

    private final SpanExport spans;
    private final SplittableRandom random = new SplittableRandom();
    private int drawnOneIn;
    private long untilNext;

    LoopTraces(SpanExport spans) {
        this.spans = spans;
    }

    /** A simple query has gone to the server; of its text, without terminator, so much is here. */
    void onQuery(ClientSession session, ServerConnection server, ByteBuf in, int start, int length) {
        session.tracing().onText(server, TraceParent.in(in, start, length));
    }

    /**
     * A text is prepared.
     *
     * @param statement what {@link #onBind} will name
     * @param length of the text, or of more behind its terminator
     */
    void onPrepare(ClientSession session, Object statement, ByteBuf in, int start, int length) {
        session.tracing().onPrepared(statement, TraceParent.in(in, start, textLength(in, start, length)));
    }

    static int textLength(ByteBuf in, int start, int length) {
        int end = length <= 0 ? -1 : in.indexOf(start, start + length, (byte) 0);
        return end < 0 ? Math.max(length, 0) : end - start;
    }

    /** A statement is bound. */
    void onBind(ClientSession session, ServerConnection server, @Nullable Object statement) {
        session.tracing().onBound(server, statement);
    }

    /**
     * The request has ended.
     *
     * @param servedNanos how long it took the server
     * @param abandoned whether the client has not awaited the answer
     */
    void onAnswered(ClientSession session, ServerConnection server, long servedNanos, boolean abandoned) {
        RunningStatement running = server.session().running();
        if (!running.isExecuted()) {
            session.tracing().onNothingExecuted();
            return;
        }
        TraceContext context = session.tracing().take();
        if (isTraced(session, context) && spans.hasRoom(2)) {
            StatementSpan.Failure failure = null;
            if (abandoned) {
                failure = abandonment(session, running);
            } else if (running.errors() > 0) {
                failure = new StatementSpan.Failure(running.sqlState(), "");
            }
            add(session, context, running, session.clock().waitedNanos(), servedNanos, failure, server);
        }
    }

    /** The client's end: its request was in line, or its server was lost. */
    void onEndWithoutServer(ClientSession session) {
        ClientClock clock = session.clock();
        long nowNanos = System.nanoTime();
        if (session.state() == ClientState.WAITING) {
            HeldRequest held = HeldRequest.of(session);
            if (isTraced(session, held.context()) && spans.hasRoom(2)) {
                add(
                        session,
                        held.context(),
                        held.running(),
                        Math.max(1, nowNanos - clock.queryStartNanos()),
                        -1,
                        abandonment(session, held.running()),
                        null);
            }
            return;
        }
        ServerConnection lost = session.tracing().server();
        TraceContext context = session.tracing().take();
        if (lost != null && context != null && context.sampled() && spans.hasRoom(2)) {
            RunningStatement running = lost.session().running();
            add(
                    session,
                    context,
                    running,
                    clock.waitedNanos(),
                    clock.servedNanos(nowNanos),
                    abandonment(session, running),
                    lost);
        }
    }

    private static StatementSpan.Failure abandonment(ClientSession session, RunningStatement running) {
        PgError lastWord = session.tracing().lastWord();
        String sqlState = running.sqlState();
        if (lastWord == null) {
            return new StatementSpan.Failure(
                    sqlState, sqlState.isEmpty() ? "the client has gone before the answer" : "");
        }
        return new StatementSpan.Failure(sqlState.isEmpty() ? lastWord.sqlState() : sqlState, lastWord.message());
    }

    private boolean isTraced(ClientSession session, @Nullable TraceContext context) {
        return context == null ? isDrawn(session.profile().insight().tracesOneIn()) : context.sampled();
    }

    /** By chance, one in so many on the average, so that no rhythm of the clients' is taken for what they do. */
    private boolean isDrawn(int oneIn) {
        if (oneIn == 0) {
            return false;
        }
        if (oneIn != drawnOneIn) {
            drawnOneIn = oneIn;
            untilNext = random.nextLong(1, 2L * oneIn);
        }
        if (--untilNext > 0) {
            return false;
        }
        untilNext = random.nextLong(1, 2L * oneIn);
        return true;
    }

    private void add(
            ClientSession session,
            @Nullable TraceContext context,
            RunningStatement running,
            long waitNanos,
            long servedNanos,
            StatementSpan.@Nullable Failure failure,
            @Nullable ServerConnection server) {
        InsightRules rules = session.profile().insight();
        spans.add(new StatementSpan(
                context,
                WallClock.epochNanos(session.clock().queryStartNanos()),
                waitNanos,
                servedNanos,
                session.pool().key().database(),
                session.pool().key().user(),
                server == null
                        ? session.pool().key().database()
                        : server.target().database(),
                running.text(rules.textBytes(), rules.literals()),
                running.rows(),
                failure,
                session.applicationName(),
                session.remoteAddress(),
                server == null ? null : server(server)));
    }

    private static StatementSpan.Server server(ServerConnection server) {
        ServerAddress address = server.target().address();
        return new StatementSpan.Server(
                address.host(), address.port(), server.backendKey().pid(), server.remoteAddress());
    }
}
