package dev.weir.proxy.server;

import dev.weir.proxy.server.OwnStatements.Purpose;
import dev.weir.proxy.state.ApplicationName;
import dev.weir.proxy.state.ReportedParameters;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.state.SettingsBatch;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
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

    private static final String IDLE_SESSION_TIMEOUT = "idle_session_timeout";

    private static final List<String> HASTY =
            List.of("statement_timeout", "transaction_timeout", "lock_timeout", IDLE_SESSION_TIMEOUT);

    /** Our own statements take less, also on a busy machine. */
    private static final long SHORT_MILLIS = 1000;

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

    /** Logged in as one. */
    private boolean superuser;
    /** Among those in force may be some that nobody knows of, and only to discard all ends them. */
    private boolean unlisted;
    /** Some of those in force cannot be reset one by one, or not for long, but all together. */
    private boolean privileged;
    /** Somebody has been served under settings. */
    private boolean used;
    /** What puts off the timeouts among those settings, which hardly ever change. */
    private SessionSettings patienceWith = SessionSettings.NONE;

    private String patience = "";
    /** What is under way begins with RESET ALL. */
    private boolean resetsAll;
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
        unlisted = false;
    }

    void onLoggedIn(ReportedParameters atLogin) {
        reported = atLogin;
        superuser = "on".equals(atLogin.find("is_superuser"));
    }

    /** Another server of the pool has reported this: the same in one object compares faster, as it does for each client. */
    public void share(ReportedParameters others) {
        if (others.equals(reported)) {
            reported = others;
        }
    }

    /** Whether one is logged in as a superuser. */
    boolean isSuperuser() {
        return superuser;
    }

    /**
     * What puts off timeouts that the last user has chosen for itself and that would end the session of nobody, or stop what
     * prepares it for somebody else. Empty if there is none such.
     */
    String patience() {
        SessionSettings now = applied;
        if (now == null) {
            return "";
        }
        if (!now.equals(patienceWith)) {
            patienceWith = now;
            patience = patience(now);
        }
        return patience;
    }

    private static String patience(SessionSettings now) {
        StringJoiner sql = new StringJoiner(";");
        HASTY.stream().filter(name -> isShort(name, now)).forEach(name -> sql.add("SET " + name + " = 0"));
        return sql.toString();
    }

    private static boolean isShort(String name, SessionSettings now) {
        String value = now.find(name);
        long milliseconds = value == null ? 0 : TimeoutValue.milliseconds(value);
        return milliseconds != 0 && (milliseconds < SHORT_MILLIS || name.equals(IDLE_SESSION_TIMEOUT));
    }

    /** They are put off. */
    void onPatient() {
        SessionSettings now = applied;
        if (now != null) {
            for (String name : HASTY) {
                now = isShort(name, now) ? now.with(name, "0") : now;
            }
            applied = now;
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
        SessionSettings known = privileged && !wanted.equals(applied) ? null : applied;
        String batch = proven ? SettingsBatch.betweenOrEnd(known, tellable) : SettingsBatch.between(known, tellable);
        boolean forgets = sequencesDue;
        sequencesDue = false;
        if (batch == null) {
            applied = wanted;
            used = true;
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
        resetsAll = known == null;
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
            resetsAll = applied == null;
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
            unlisted &= !resetsAll;
            used = true;
            privileged = user != null && user.settingsPrivileged();
            are(user == null ? null : user.settings());
            if (user != null) {
                user.onSettingsApplied(reported, true);
            }
            return true;
        }
        if (user == null) {
            return true;
        }
        SettingsRefusal refusal = SettingsRefusal.of(error, kind(error, wereAwaited, user), server.expectations());
        // If they were awaited nothing has happened: the batch was one implicit transaction.
        server.endLink(
                switch (refusal.kind()) {
                    case FINAL -> null;
                    case ELSEWHERE -> "settings refused";
                    case OVERTAKEN -> "var change failed";
                });
        user.onSettingsRefused(refusal);
        return false;
    }

    private SettingsRefusal.Kind kind(PgError error, boolean wereAwaited, ServerUser user) {
        if (!wereAwaited) {
            return SettingsRefusal.Kind.OVERTAKEN;
        }
        // what comes first brings back what others have changed
        boolean leftByOthers = !own.hasDescribedRows();
        boolean maySuitOthers = used && !user.settingsHopeless() && !error.is(SqlState.INSUFFICIENT_PRIVILEGE);
        return leftByOthers || maySuitOthers ? SettingsRefusal.Kind.ELSEWHERE : SettingsRefusal.Kind.FINAL;
    }

    /** Whether nobody has been served yet, so that there is nothing of anybody's in the session. */
    public boolean areUnused() {
        return !used;
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
        applied = unlisted ? null : settings;
    }

    /** As {@link #are(SessionSettings)}. */
    void are(SessionSettings settings, boolean nowPrivileged) {
        are(settings);
        privileged = nowPrivileged;
    }

    /** As {@link #are(SessionSettings)}, and until all are discarded there may be others of which nobody knows. */
    void areUnlisted() {
        unlisted = true;
        applied = null;
    }

    /** The user's own statement has discarded all. */
    void areDiscarded() {
        unlisted = false;
        applied = SessionSettings.NONE;
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
