package dev.weir.proxy.client;

import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings that follow a client from server to server, and what it has been told of them. Confined to the client's event
 * loop.
 */
final class ClientSettings {

    private final Pool pool;
    private final SessionSettings atStartup;
    private SessionSettings current;
    private boolean proven;
    private ReportedParameters told;
    private @Nullable ReportedParameters dialectOf;
    private SqlDialect dialect = SqlDialect.USUAL;
    /** DISCARD ALL or RESET ran: the startup packet's settings hold again where the server's own have come back. */
    private boolean startupDue;
    /** … in what PostgreSQL has not been asked about. */
    private boolean resetSeen;
    /** … in the transaction that is open. */
    private boolean resetInTransaction;

    private boolean privileged;
    /** Whether a server has ever taken settings of this client. */
    private boolean everAccepted;
    /** What a new server has refused. */
    private @Nullable SessionSettings hopeless;
    /** Left out for the sake of a SET that may fail, and its value. */
    private @Nullable String suspended;

    private String suspendedValue = "";

    /** @param told what the client was welcomed with */
    ClientSettings(Pool pool, SessionSettings atStartup, ReportedParameters told) {
        this.pool = pool;
        this.atStartup = atStartup;
        this.current = atStartup;
        this.proven = pool.provenSettings().contains(atStartup);
        this.told = told;
    }

    SessionSettings current() {
        return current;
    }

    /** Whether they say as whom the client acts. */
    boolean nameRole() {
        return current.find("role") != null || current.find("session_authorization") != null;
    }

    /** Whether they make temporary what is created without a word of it: where the schema for such things comes first. */
    boolean createTemporary() {
        String path = current.find("search_path");
        return path != null && path.toLowerCase(Locale.ROOT).contains("pg_temp");
    }

    /** Whether a server has accepted them before, so that any other will. */
    boolean isProven() {
        return proven && !dependOnServer(current);
    }

    /** A server was given these settings and took them; PostgreSQL may spell some values in a form of its own. */
    void onAccepted(ReportedParameters reported, @Nullable ServerConnection server) {
        pool.provenSettings().add(current);
        proven = true;
        everAccepted = true;
        hopeless = null;
        SessionSettings spelled = current;
        for (String name : current.names()) {
            String value = reported.find(name);
            if (value != null) {
                // kept in the server's form they compare equal from now on
                spelled = spelled.with(name, value);
            }
        }
        current = spelled;
        if (server != null) {
            server.settings().are(spelled);
        }
    }

    // ---- what PostgreSQL does not take any more ----

    /** Whether superusers only may set some of them, and who has been allowed to. */
    boolean arePrivileged() {
        return privileged;
    }

    /** Whether no server has taken any so far: those of the startup packet may be what it would refuse a login for. */
    boolean wereNeverAccepted() {
        return !everAccepted && current.equals(atStartup);
    }

    /** Whether a new server has refused them, or would not help. */
    boolean areHopeless() {
        return current.equals(hopeless) || (wereNeverAccepted() && !dependOnServer(current));
    }

    /** Whether it matters for them what others have done on a server. */
    static boolean dependOnServer(SessionSettings settings) {
        return settings.find("temp_buffers") != null;
    }

    /** A server that stood in nobody's way has refused them. */
    void onHopeless() {
        onDoubt();
        hopeless = current;
    }

    /** They have to be tried before anything is sent behind them. */
    void onDoubt() {
        pool.provenSettings().remove(current);
        proven = false;
    }

    /** One is what it was at the client's startup, or not set. */
    void leave(String name) {
        String wanted = atStartup.find(name);
        current = wanted == null ? current.without(name) : current.with(name, wanted);
        if (name.equals("session_authorization")) {
            leave("role");
        }
    }

    /** The client acts as nobody else, whatever it said at its startup. */
    void leaveRole() {
        current = current.without("role");
    }

    /** All are, but for the role if it is to stay. */
    void leaveAll(boolean keepRole) {
        SessionSettings left = atStartup;
        for (String name : List.of("role", "session_authorization")) {
            String value = current.find(name);
            left = keepRole && value != null ? left.with(name, value) : left;
        }
        current = left;
    }

    /** One is left out until it is known whether it has got another value. */
    void suspend(String name) {
        String value = current.find(name);
        if (value != null) {
            suspended = name;
            suspendedValue = value;
            current = current.without(name);
        }
    }

    /** There is no server any more. */
    void onUnlinked() {
        current = resumed(current);
        resetSeen = false;
    }

    /** With what was left out, if that has got no other value. */
    private SessionSettings resumed(SessionSettings known) {
        String name = suspended;
        suspended = null;
        return name == null || known.find(name) != null ? known : known.with(name, suspendedValue);
    }

    // ---- what it is told ----

    /** Appends to {@code out} what this server reports otherwise than the last one did. */
    ByteBuf tell(ReportedParameters reported, ByteBuf out) {
        reported.forEachUnlike(told, (name, value) -> Messages.parameterStatus(out, name, value));
        told = reported;
        return out;
    }

    /** Whether the client has been told all of this. */
    boolean isTold(ReportedParameters reported) {
        if (!reported.equals(told)) {
            return false;
        }
        told = reported; // the same object compares faster the next time
        return true;
    }

    /** The client's own statement changed a reported parameter. */
    void onParameterStatus(String name, String value, ReportedParameters reported) {
        told = reported;
        String lowerCase = name.toLowerCase(Locale.ROOT);
        if (ReportedParameters.followsClient(lowerCase)) {
            current = current.with(lowerCase, value);
        }
    }

    /**
     * What PostgreSQL says is set in the client's session; what it has reset falls back to the startup packet's.
     *
     * @param perhapsReset what may have been reset although it is said to be set: RESET and SET LOCAL of one setting in one
     *     transaction leave what RESET has brought, and PostgreSQL calls that set
     */
    void onProbed(SessionSettings set, Set<String> perhapsReset, boolean nowPrivileged) {
        privileged = nowPrivileged;
        SessionSettings now = resumed(set);
        for (String name : atStartup.names()) {
            String wanted = atStartup.find(name);
            boolean gone = isGone(set.find(name), name) || (resetSeen && perhapsReset.contains(name));
            if (wanted != null && gone) {
                now = now.with(name, name.equals("role") && !endsRole() ? "none" : wanted);
            }
        }
        resetSeen = false;
        if (!now.equals(current)) {
            current = now;
            proven = true; // it runs under them
        }
        startupDue = false;
    }

    /** PostgreSQL leaves an application's own setting that was reset as an empty string. */
    private boolean isGone(@Nullable String value, String name) {
        return value == null || (resetSeen && value.isEmpty() && name.indexOf('.') > 0);
    }

    /** Whether what was reset is a role, and not one taken off. */
    private boolean endsRole() {
        return resetSeen && !"none".equals(current.find("role"));
    }

    /** DISCARD ALL that no server needs to hear about; writes what the client would be told of it. */
    void reset(ByteBuf out) {
        current = atStartup;
        proven = pool.provenSettings().contains(atStartup);
        ReportedParameters own = pool.welcome();
        if (own != null) {
            tell(own.with(atStartup), out);
        }
    }

    /** In which encoding the client is told of names and payloads, by PostgreSQL's name. */
    String encoding() {
        String encoding = told.find("client_encoding");
        return encoding == null ? "UTF8" : encoding;
    }

    /** How the client's texts are to be read, as far as PostgreSQL has told. */
    SqlDialect dialect() {
        if (!told.equals(dialectOf)) {
            String conforming = told.find("standard_conforming_strings");
            String encoding = told.find("client_encoding");
            dialect = SqlDialect.of(conforming == null ? "on" : conforming, encoding == null ? "UTF8" : encoding);
        }
        dialectOf = told;
        return dialect;
    }

    /** The client's own statement discarded settings. */
    void onDiscarded() {
        startupDue = true;
        resetSeen = true;
        resetInTransaction = true;
    }

    /**
     * ReadyForQuery. In a session of its own RESET brings a setting back to what the client's startup packet said; here it
     * has brought the server's own value back.
     *
     * @param setLocally whether a setting has been set until the end of the transaction
     */
    void onReadyForQuery(byte transactionStatus, boolean setLocally) {
        boolean ended = transactionStatus == TransactionStatus.IDLE;
        boolean dueAgain = ended && resetInTransaction && setLocally; // what has been reset is there once more
        resetInTransaction &= !ended;
        if (!startupDue && !dueAgain) {
            return;
        }
        startupDue = false;
        ReportedParameters serversOwn = pool.welcome();
        for (String name : atStartup.names()) {
            String now = told.find(name);
            String own = serversOwn == null ? null : serversOwn.find(name);
            String wanted = atStartup.find(name);
            if (wanted != null && (now == null || now.equals(own))) {
                current = current.with(name, wanted);
            }
        }
    }
}
