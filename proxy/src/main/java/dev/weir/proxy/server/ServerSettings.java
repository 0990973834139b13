package dev.weir.proxy.server;

import dev.weir.proxy.server.OwnStatements.Purpose;
import dev.weir.proxy.state.ApplicationName;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.state.SettingsBatch;
import dev.weir.proxy.wire.PgError;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The settings under which one server connection runs, and how they become those of its user. Confined to the connection's
 * event loop.
 */
public final class ServerSettings {

    /** Shutdowns and their like. */
    private static final String OPERATOR_INTERVENTION = "57P";

    /** After it currval and lastval know of nothing. */
    public static final String DISCARD_SEQUENCES = "DISCARD SEQUENCES";

    static final String IDLE_SESSION_TIMEOUT = "idle_session_timeout";

    private static final long NOBODY = 0;
    private static final long SEVERAL = -1;

    private final ServerConnection server;
    private final OwnStatements own;
    private ReportedParameters reported = ReportedParameters.NONE;
    /** Applied on top of the server's own; null when that is not known. */
    private @Nullable SessionSettings applied = SessionSettings.NONE;
    /** The user's messages wait until PostgreSQL has accepted its settings. */
    private boolean awaited;

    ServerSettings(ServerConnection server, OwnStatements own) {
        this.server = server;
        this.own = own;
    }

    /** Logged in as one, who may set what others do not see. */
    private boolean superuser;
    /** The client from whose draws alone the session knows sequences. */
    private long sequencesOf = NOBODY;
    /** They are to be forgotten before the next user's messages. */
    private boolean sequencesDue;

    /**
     * Another client is about to get the server.
     *
     * @param read whether somebody may ask what was drawn last
     */
    public void handSequencesTo(long client, boolean read) {
        boolean strange = sequencesOf != NOBODY && sequencesOf != client;
        sequencesDue = strange && read;
        sequencesOf = strange && !read ? SEVERAL : client;
    }

    /** What the session knows of sequences is this client's from now on. */
    public void ownSequences(long client) {
        sequencesOf = client;
    }

    /** Whether the session knows nothing of sequences but what this client has drawn. */
    public boolean areSequencesOf(long client) {
        return sequencesOf == client;
    }

    /** DISCARD ALL has run. */
    void onCleaned() {
        sequencesOf = NOBODY;
    }

    void onLoggedIn(ReportedParameters atLogin) {
        reported = atLogin;
        superuser = "on".equals(atLogin.find("is_superuser"));
    }

    /** Whether {@code pg_settings} shows to whom the session acts as all that may have been set in it. */
    boolean areAllShown(SessionSettings now) {
        return !superuser || (now.find("role") == null && now.find("session_authorization") == null);
    }

    /** Whether PostgreSQL would end the session if nobody used it for a while. */
    boolean endIdleSession() {
        String timeout = applied == null ? null : applied.find(IDLE_SESSION_TIMEOUT);
        return timeout != null && !timeout.equals("0");
    }

    /** It does not any more. */
    void onPatient() {
        if (applied != null) {
            applied = applied.with(IDLE_SESSION_TIMEOUT, "0");
        }
    }

    void onReported(String name, String value) {
        reported = reported.with(name, value);
        String lowerCase = name.toLowerCase(Locale.ROOT);
        if (applied != null && ReportedParameters.followsClient(lowerCase)) {
            applied = applied.with(lowerCase, value);
        }
    }

    /**
     * Makes the user's settings the server's. What differs goes out at once, to travel with the first query; if no server has
     * accepted it before, the query has to wait ({@link #isReady()}).
     */
    void handOverTo(ServerUser user) {
        SessionSettings wanted = user.settings();
        boolean proven = user.settingsProven();
        SessionSettings tellable = wanted.equals(applied) ? wanted : ApplicationName.tellable(wanted, reported);
        String batch =
                proven ? SettingsBatch.betweenOrEnd(applied, tellable) : SettingsBatch.between(applied, tellable);
        boolean forgets = sequencesDue;
        sequencesDue = false;
        if (batch == null) {
            applied = wanted;
            user.onSettingsApplied(reported, false);
            if (forgets) {
                own.send(Purpose.SETTINGS, DISCARD_SEQUENCES);
            }
            return;
        }
        if (forgets) {
            batch = batch + ';' + DISCARD_SEQUENCES;
        }
        awaited = !proven;
        own.send(Purpose.SETTINGS, batch);
        if (awaited) {
            server.flush();
        }
    }

    /** Applies the user's settings once more, after its own statement has discarded them. Nothing may be outstanding. */
    public void reapply() {
        ServerUser user = server.user();
        String batch = user == null
                ? null
                : SettingsBatch.between(applied, ApplicationName.tellable(user.settings(), reported));
        if (batch != null) {
            own.send(Purpose.SETTINGS, batch);
            server.flush();
        }
    }

    /** The user has gone. */
    void forgetUser() {
        awaited = false;
    }

    /** PostgreSQL has answered; answers whether the link goes on. */
    boolean onAnswered(@Nullable PgError error) {
        boolean wereAwaited = awaited;
        awaited = false;
        ServerUser user = server.user();
        if (error == null) {
            applied = user == null ? null : user.settings();
            if (user != null) {
                user.onSettingsApplied(reported, true);
            }
            return true;
        }
        if (user == null) {
            return true;
        }
        // If they were awaited nothing has happened: the batch was one implicit transaction.
        server.endLink(wereAwaited ? null : "var change failed");
        user.onSettingsRefused(error);
        return false;
    }

    /** Whether an error that ends the session is the refusal of settings behind which the user's messages have been sent. */
    boolean areRefusedBy(PgError error) {
        return own.isRunning(Purpose.SETTINGS)
                && !awaited
                && server.user() != null
                && !error.sqlState().startsWith(OPERATOR_INTERVENTION);
    }

    /** Whether the user's settings are on their way and not answered. */
    public boolean areUnderWay() {
        return own.isRunning();
    }

    /** Whether the user's messages may be sent on now. */
    public boolean isReady() {
        return !awaited;
    }

    /** The user's own statement has changed the settings to these; null if it is not known to what. */
    public void are(@Nullable SessionSettings settings) {
        applied = settings;
    }

    /** What was last applied, null when that is not known. */
    public @Nullable SessionSettings applied() {
        return applied;
    }

    /** What PostgreSQL last reported. */
    public ReportedParameters reported() {
        return reported;
    }
}
