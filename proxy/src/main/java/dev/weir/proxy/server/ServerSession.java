package dev.weir.proxy.server;

import dev.weir.proxy.insight.RunningStatement;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.Undo;
import dev.weir.proxy.server.OwnStatements.Purpose;
import dev.weir.proxy.state.Pin;
import dev.weir.proxy.state.SessionFacts;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What the user of a server connection has left in its session, as PostgreSQL tells when it is asked between two
 * transactions. Confined to the connection's event loop.
 */
public final class ServerSession {

    /** What stops a question may do so again: the client is answered long since, and the server can wait. */
    private static final int STOPS_MAX = 20;

    private final ServerConnection server;
    private final OwnStatements own;
    private final RunningStatement running = new RunningStatement();
    private @Nullable SessionProbe probe;
    private Question question = new Question(false, false, false, false, List.of(), true);
    private int stops;
    /** LISTEN or UNLISTEN is under way. */
    private boolean listens;

    ServerSession(ServerConnection server, OwnStatements own) {
        this.server = server;
        this.own = own;
    }

    /**
     * What to look for.
     *
     * @param locks whether advisory locks may be held
     * @param statements whether statements may have been prepared under names that Weir does not know
     * @param channels whether it may listen on channels
     * @param custom names of custom settings, which PostgreSQL does not list
     * @param disguised whether it may have acted, or act, as another role than it was logged in as
     * @param complete whether no others can have been changed
     */
    public record Question(
            boolean locks,
            boolean statements,
            boolean channels,
            boolean disguised,
            List<String> custom,
            boolean complete) {}

    /** Asks; {@link ServerUser#onSessionProbed} follows. Nothing may be outstanding and no transaction open. */
    public void probe(Question asked) {
        question = asked;
        stops = 0;
        ask();
    }

    private void ask() {
        ServerSettings settings = server.settings();
        SessionProbe asked = new SessionProbe(
                server.target().user(),
                settings.isSuperuser(),
                settings.reported().majorVersion(),
                stops > 0);
        probe = asked;
        own.send(Purpose.PROBE, asked.sql(question));
        server.flush();
    }

    /** Whether an answer is awaited. */
    public boolean isProbed() {
        return probe != null || listens || server.release().survey() != null;
    }

    /** Listens on channels, besides. */
    public void listen(Collection<String> channels) {
        StringJoiner sql = new StringJoiner(";");
        channels.forEach(channel -> sql.add("LISTEN \"" + channel.replace("\"", "\"\"") + '"'));
        listens = true;
        own.send(Purpose.LISTEN, sql.toString());
        server.flush();
    }

    /** Ends all listening of the session: somebody else listens in its place. */
    public void unlisten() {
        listens = true;
        own.send(Purpose.LISTEN, "UNLISTEN *");
        server.flush();
    }

    void onListened(@Nullable PgError error) {
        listens = false;
        if (error != null) {
            server.release().requireCleaning();
        }
    }

    void onRow(ByteBuf in, int start, int length) {
        SessionProbe asked = probe;
        FunctionSurvey survey = server.release().survey();
        if (asked != null) {
            asked.onRow(in, start, length);
        } else if (survey != null) {
            survey.onRow(in, start, length);
        }
    }

    void onProbed(@Nullable PgError error) {
        SessionProbe answered = probe;
        probe = null;
        ServerUser user = server.user();
        if (answered == null || user == null) {
            return;
        }
        if (error == null) {
            SessionFacts facts = answered.facts(question.complete());
            if (facts.complete()) {
                server.settings().are(facts.settings(), facts.privileged());
            } else {
                server.settings().areUnlisted();
            }
            user.onSessionProbed(facts);
            compareStatements(answered.sharedStatements(), answered.preparedBySql());
        } else if (stops < STOPS_MAX && (error.is(SqlState.QUERY_CANCELED) || error.is(SqlState.LOCK_NOT_AVAILABLE))) {
            stops++; // by a timeout of the user's, or by a cancel request for its own statement that came late
            ask();
        } else {
            SessionSettings known = server.settings().applied();
            user.onSessionProbed(new SessionFacts(
                    known == null ? SessionSettings.NONE : known,
                    Set.of(),
                    false,
                    false,
                    List.of(new Pin(Pin.Reason.UNKNOWN, error.message())),
                    List.of()));
        }
    }

    /** A function or a DO block may have deallocated what other clients believe to be there, or put something in its place. */
    private void compareStatements(int found, Map<String, String> bySql) {
        if (found < 0
                || (found == server.statements().size() && server.statements().arePreparedBySql(bySql))) {
            return;
        }
        if (found == 0) {
            server.statements().clear();
        } else {
            server.release().requireCleaning();
        }
    }

    /** What the user has executed last. */
    public RunningStatement running() {
        return running;
    }

    /** PostgreSQL has answered with an error, of which those who asked have been told. */
    void onError(ByteBuf in, int start, int length, int bytesBehind) {
        server.onOtherMessage();
        if (server.user() != null && !own.isRunning()) {
            running.onError(in, start, length, bytesBehind);
        }
    }

    /**
     * A command is complete.
     *
     * @param noted what was noted for its message
     * @param bytesBehind what has arrived behind it
     * @return its tag if it says something of the session
     */
    @Nullable
    String readTag(ByteBuf in, int start, int length, byte action, @Nullable Undo noted, int bytesBehind) {
        if (action == Expectations.FORWARD && !own.isRunning()) {
            running.onCommandComplete(in, start, length, noted, bytesBehind);
        }
        return SessionTags.read(in, start, length);
    }

    /** A command says what it has done to the session. */
    void onDiscarded(String tag, byte action) {
        if (!tag.equals("RESET")) {
            server.statements().clear();
        }
        if (tag.equals("DISCARD ALL")) {
            server.settings().areDiscarded();
        } else if (tag.equals("RESET")) {
            server.settings().are(null); // one of them or all: the tag does not tell
        }
        ServerUser user = server.user();
        if (user != null && action == Expectations.FORWARD) {
            user.onSessionDiscarded(tag);
        }
    }

    /** An execution has ended without a tag. */
    void onPortalEnd(@Nullable Undo noted, int bytesBehind) {
        if (!own.isRunning()) {
            running.onPortalEnd(noted, bytesBehind);
        }
    }

    /** A ReadyForQuery that nobody else sees. */
    void onOwnReady(int bytesBehind) {
        if (own.isRunning()) {
            running.onOwnAnswer(bytesBehind);
        }
    }

    /** Everything that had arrived has been read. */
    void onReadComplete() {
        if (running.hasMoreToCome() && !server.expectations().isEmpty()) {
            running.settle(System.nanoTime());
        }
    }

    /** The user has gone. */
    void forgetUser() {
        probe = null;
    }
}
