package dev.weir.proxy.client;

import dev.weir.config.PinMode;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.pool.PooledDatabase;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.server.ServerSession;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.state.Pin;
import dev.weir.proxy.state.SessionFacts;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.statement.StatementTraits;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client's statements may have left in the session of its server since PostgreSQL was last asked, and what is known
 * to live there, so that the client has to keep this server. Confined to the client's event loop.
 */
final class SessionTrace {

    /** Things that only a look into the session can tell the outcome of. */
    private static final int PROBED = Effects.SETS
            | Effects.OPAQUE
            | Effects.SUSPECT
            | Effects.LOCKS
            | Effects.TEMP
            | Effects.HOLDS
            | Effects.LOADS
            | Effects.LOADS_WITHIN
            | Effects.PREPARES
            | Effects.DISCARDS
            | Effects.LISTENS
            | Effects.UNKNOWN_END;

    /** Things that may have ended what keeps the server. */
    private static final int RELEASING = Effects.UNLOCKS | Effects.RELEASES | Effects.DEALLOCATES;

    /** Things after which {@code pin = always} keeps the server. */
    private static final int KEEPING = PROBED | Effects.SETS_REPORTED_ONLY;

    /** What the text does not show. */
    private static final int UNSEEN = Effects.OPAQUE | Effects.SUSPECT | Effects.UNKNOWN_END;

    private static final int LISTENING = Effects.LISTENS | UNSEEN;

    private static final int NOTIFYING = Effects.NOTIFIES | UNSEEN;

    private static final int LOCKING = Effects.LOCKS | UNSEEN;

    private static final int LOADING = Effects.LOADS | Effects.LOADS_WITHIN;

    /** So many names of custom settings one client may use. */
    private static final int CUSTOM_MAX = 256;

    /** Texts of which none draws from a sequence. */
    private static final int PREPARATORY =
            Effects.BEGINS | Effects.SAVEPOINTS | Effects.SETS | Effects.SETS_LOCAL | Effects.SETS_REPORTED_ONLY;

    private final ClientPins report;
    private final SequenceGuard sequences;
    private final Consumer<ServerConnection> onNotifier;
    private int effects;
    /** Among what was changed may be what gives texts another meaning. */
    private boolean meaningful;
    /** Names of custom settings that the session had at the last look, or that texts have mentioned since. */
    private final Set<String> custom = new TreeSet<>();
    /** No other custom settings can have been changed since the last look. */
    private boolean complete = true;

    private @Nullable SessionSettings uncertain;
    private boolean loaded;
    /** Settings of the application's own may be there whose names nobody knows. */
    private boolean unnamed;
    /** {@code pin = always} has come to bear. */
    private boolean kept;
    /** The last look has failed. */
    private boolean unclear;
    /** More than preparations was sent to this server. */
    private boolean worked;
    /** Something was sent since the last look. */
    private boolean touched;

    private List<Pin> pins = List.of();

    /** @param onNotifier hears of each server that gets a text which notifies */
    SessionTrace(ClientPins report, SequenceGuard sequences, Consumer<ServerConnection> onNotifier) {
        this.report = report;
        this.sequences = sequences;
        this.onNotifier = onNotifier;
    }

    /** A text with these traits goes to {@code server}. */
    void note(StatementTraits traits, ServerConnection server) {
        int added = traits.effects();
        touched = true;
        worked |= (added & PREPARATORY) == 0 || (added & Effects.MANY) != 0;
        if (added != 0) {
            effects |= added;
            MentionedSettings mentioned = traits.settings();
            meaningful |= mentioned.meaningful();
            boolean unbound = !mentioned.parameters().isEmpty();
            unnamed |= (added & Effects.SETS_UNNAMED) != 0 || (unbound && (added & Effects.SETS) != 0);
            complete &= mentioned.complete() && mentioned.parameters().isEmpty() && custom.size() < CUSTOM_MAX;
            if (custom.size() < CUSTOM_MAX) {
                custom.addAll(mentioned.custom());
            }
            if ((effects & Effects.BACKSLASHES) != 0 && (effects & KEEPING) != 0) {
                // standard_conforming_strings may not be what it was taken for when the texts were read
                effects |= Effects.OPAQUE;
                complete = false;
            }
            if ((effects & PROBED) != 0) {
                server.release().requireCleaning();
            }
            if ((added & NOTIFYING) != 0) {
                onNotifier.accept(server);
            }
            if ((added & LOADING) != 0) {
                loaded = true;
                server.release().closeWhenFree("a library was loaded into it");
            }
        }
    }

    /**
     * The client has got a server.
     *
     * @param temporary whether under the client's settings whatever it creates may be temporary
     */
    void onLinked(ServerConnection server, boolean temporary) {
        worked = false;
        sequences.onLinked(server);
        if (temporary) {
            effects |= Effects.TEMP;
            server.release().requireCleaning();
        }
    }

    /** What its server knows of sequences. */
    SequenceGuard sequences() {
        return sequences;
    }

    /** Whether the server has got more from the client than what a transaction begins with. */
    boolean hasWorked() {
        return worked;
    }

    /** Whether the transaction may have notified. */
    boolean mayHaveNotified() {
        return (effects & NOTIFYING) != 0;
    }

    /** Whether a part of the transaction may be taken back. */
    boolean hasSavepoints() {
        return (effects & (Effects.SAVEPOINTS | Effects.UNKNOWN_END)) != 0;
    }

    /** Whether a text has set something until the end of the transaction. */
    boolean hasSetLocally() {
        return (effects & Effects.SETS_LOCAL) != 0;
    }

    /** Whether a text has ended the whole transaction by rolling back. */
    boolean hasRolledBack() {
        return (effects & Effects.ROLLS_BACK) != 0;
    }

    /** Whether the server may listen itself. */
    boolean mayListen() {
        return (effects & LISTENING) != 0 || isListening();
    }

    /** Whether the server listens itself, so that the client keeps it. */
    boolean isListening() {
        return pins.stream().anyMatch(pin -> pin.reason() == Pin.Reason.LISTEN);
    }

    /** Whether PostgreSQL has to be asked before the server can go to somebody else. */
    boolean needsProbe(PinMode mode) {
        return (effects & PROBED) != 0
                || (unclear && touched) // once for each statement: what makes it fail may last
                || (isPinned() && (effects & RELEASING) != 0)
                || (mode == PinMode.ALWAYS && !kept && (effects & KEEPING) != 0);
    }

    /** Tells what the transaction that is over may have changed for others. */
    void announce(PooledDatabase database) {
        if ((effects & Effects.CHANGES_SCHEMA) != 0) {
            database.onSchemaChanged();
        }
        if ((effects & Effects.DEFINES) != 0) {
            database.functions().onRedefined();
        }
        if ((effects & Effects.CHANGES_DEFAULTS) != 0) {
            database.group().pools().forEach(Pool::renewServers); // sessions that begin from now on have other defaults
        }
        effects &= ~(Effects.CHANGES_SCHEMA | Effects.DEFINES | Effects.CHANGES_DEFAULTS);
    }

    /**
     * What to ask.
     *
     * @param suspects what is known of names now
     * @param statements whether the client has no other way to keep its prepared statements
     * @param actsAsOther whether the client acts as another role
     */
    ServerSession.Question question(boolean statements, SuspectNames suspects, boolean actsAsOther) {
        boolean known = complete;
        if (isSuspect()) {
            MentionedSettings hidden = suspects.settings();
            // what was sent before the names were known may have used any of them, without its text showing which
            known &=
                    !suspects.isAny() && hidden.complete() && suspects.unnamed().isEmpty();
            hidden.custom().stream().filter(_ -> custom.size() < CUSTOM_MAX).forEach(custom::add);
        }
        boolean disguised = actsAsOther || meaningful || (effects & UNSEEN) != 0;
        return new ServerSession.Question(
                mayHoldLocks(), statements, mayListen(), disguised, List.copyOf(custom), known);
    }

    /** Whether a text has used a name behind which more may be hidden than it shows. */
    boolean isSuspect() {
        return (effects & Effects.SUSPECT) != 0;
    }

    /** Whether advisory locks may be among it. */
    private boolean mayHoldLocks() {
        return (effects & LOCKING) != 0 || pins.stream().anyMatch(pin -> pin.reason() == Pin.Reason.ADVISORY_LOCK);
    }

    /** The settings by which texts are understood now: nobody else's while it is not certain which are in force. */
    SessionSettings meaning(SessionSettings current) {
        if (!meaningful) {
            return current.meaning();
        }
        SessionSettings known = uncertain;
        if (known == null) {
            known = SessionSettings.unlikeAny();
            uncertain = known;
        }
        return known;
    }

    /** The transaction is over and needs no look. */
    void onIdle() {
        effects = 0;
        complete = true;
        meaningful = false;
        uncertain = null;
    }

    /** PostgreSQL has told what lives in the session. */
    void onProbed(SessionFacts facts, ServerConnection server, PinMode mode) {
        List<Pin> found = facts.pins();
        boolean failed = found.stream().anyMatch(pin -> pin.reason() == Pin.Reason.UNKNOWN);
        boolean suspectOnly = (effects & PROBED & ~Effects.SUSPECT) == 0 && !isPinned();
        custom.removeIf(name -> facts.settings().find(name) == null);
        boolean changed = (effects & KEEPING & ~Effects.SUSPECT) != 0 || (isSuspect() && !found.isEmpty());
        kept |= mode == PinMode.ALWAYS && changed;
        onIdle();
        touched = false;
        unclear = failed && !suspectOnly;
        List<Pin> all = new ArrayList<>(failed && suspectOnly ? List.of() : found); // most probably there is nothing
        if (loaded) {
            all.add(new Pin(Pin.Reason.LIBRARY, ""));
        }
        if (unnamed) {
            all.add(new Pin(Pin.Reason.SETTING, ""));
        }
        if (kept) {
            all.add(new Pin(Pin.Reason.CONFIGURED, ""));
        }
        if (all.isEmpty() && !failed) {
            server.release().forgoCleaning();
        }
        pins = mode == PinMode.NEVER ? List.of() : List.copyOf(all);
        report.are(pins, server);
    }

    /** DISCARD ALL has run. */
    void onDiscarded() {
        unnamed = false;
    }

    /** Whether nothing of the client's is known to be in the server's session, or to be about to get there. */
    boolean needsNothing() {
        return !isPinned() && !kept && (effects & KEEPING & ~Effects.SUSPECT) == 0;
    }

    /** Whether the client must keep its server. */
    boolean isPinned() {
        return !pins.isEmpty();
    }

    /** Whether the session may have prepared statements that are not known by name. */
    boolean hasStatements() {
        return (effects & Effects.PREPARES) != 0
                || pins.stream().anyMatch(pin -> pin.reason() == Pin.Reason.PREPARED_STATEMENT);
    }

    /** What keeps the server, empty if nothing does. */
    List<Pin> pins() {
        return pins;
    }

    /** There is no server any more. */
    void clear() {
        onIdle();
        loaded = false;
        unnamed = false;
        kept = false;
        unclear = false;
        pins = List.of();
        report.none();
    }
}
