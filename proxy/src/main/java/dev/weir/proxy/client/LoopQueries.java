package dev.weir.proxy.client;

import dev.weir.proxy.insight.InsightRules;
import dev.weir.proxy.insight.QueryCounts;
import dev.weir.proxy.insight.QueryWatch;
import dev.weir.proxy.insight.RunningStatement;
import dev.weir.proxy.insight.SlowQueries;
import dev.weir.proxy.insight.SlowQuery;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.statement.PreparedStatement;
import dev.weir.proxy.statement.UnnamedStatement;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of one event loop ask for and what it costs. Confined to its loop. What is called for each query reads no
 * clock, takes no lock and allocates nothing, unless it is one whose text is read.
 */
public final class LoopQueries {

    private final QueryWatch watch = new QueryWatch();
    private final SlowQueries slow;

    LoopQueries(SlowQueries slow) {
        this.slow = slow;
    }

    /** Copies of what is counted. */
    public List<QueryCounts> read() {
        return watch.read();
    }

    /** A simple query has gone to the client's server; of its text, without terminator, so much is here. */
    void onQuery(ClientSession session, ServerConnection server, ByteBuf in, int start, int length) {
        watch.onQuery(
                server.session().running(),
                session.profile().insight(),
                session.pool().key(),
                in,
                start,
                length,
                session.dialect(),
                session.clock().queryStartNanos());
    }

    /** A statement is parsed whose name is the client's own affair. */
    void onParse(ClientSession session, ServerConnection server, ByteBuf in, int start, int length) {
        watch.onParse(server.session().running(), session.profile().insight(), in, start, length, session.dialect());
    }

    /** A statement is bound. */
    void onBind(
            ClientSession session,
            ServerConnection server,
            @Nullable PreparedStatement named,
            @Nullable UnnamedStatement last) {
        watch.onBind(
                server.session().running(),
                session.profile().insight(),
                session.pool().key(),
                named,
                last,
                session.dialect(),
                session.clock().queryStartNanos());
    }

    /** What was parsed last is bound. */
    void onBindParsed(ClientSession session, ServerConnection server) {
        watch.onBindParsed(
                server.session().running(),
                session.profile().insight(),
                session.pool().key(),
                session.clock().queryStartNanos());
    }

    /** The client has all answers; its clock has been told. */
    void onAnswered(ClientSession session, ServerConnection server) {
        ClientClock clock = session.clock();
        count(session, server, clock.servedNanos(), false);
    }

    /** The client goes, and does not hear the answer to what it has asked. */
    void onAbandoned(ClientSession session, ServerConnection server) {
        ClientClock clock = session.clock();
        if (clock.isQueryRunning()) {
            server.session().running().onError();
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
        watch.onAnswered(
                running,
                rules,
                session.pool().key(),
                servedNanos,
                waitedNanos,
                session.clock().queryStartNanos());
    }
}
