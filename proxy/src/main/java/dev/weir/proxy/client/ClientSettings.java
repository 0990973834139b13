package dev.weir.proxy.client;

import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import java.util.Locale;
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

    /** Whether they make temporary what is created without a word of it: where the schema for such things comes first. */
    boolean createTemporary() {
        String path = current.find("search_path");
        return path != null && path.toLowerCase(Locale.ROOT).contains("pg_temp");
    }

    /** Whether a server has accepted them before. */
    boolean isProven() {
        return proven;
    }

    /** A server was given these settings and took them; PostgreSQL may spell some values in a form of its own. */
    void onAccepted(ReportedParameters reported, @Nullable ServerConnection server) {
        pool.provenSettings().add(current);
        proven = true;
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

    /** Appends to {@code out} what this server reports otherwise than the last one did. */
    void tell(ReportedParameters reported, ByteBuf out) {
        reported.forEachUnlike(told, (name, value) -> Messages.parameterStatus(out, name, value));
        told = reported;
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

    /** What PostgreSQL says is set in the client's session; what it has reset falls back to the startup packet's. */
    void onProbed(SessionSettings set) {
        SessionSettings now = set;
        for (String name : atStartup.names()) {
            String wanted = atStartup.find(name);
            if (wanted != null && set.find(name) == null) {
                now = now.with(name, wanted);
            }
        }
        if (!now.equals(current)) {
            current = now;
            proven = true; // it runs under them
        }
        startupDue = false;
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
    }

    /**
     * ReadyForQuery. In a session of its own RESET brings a setting back to what the client's startup packet said; here it
     * has brought the server's own value back.
     */
    void onReadyForQuery() {
        if (!startupDue) {
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
