package dev.weir.proxy.client;

import dev.weir.config.PoolMode;
import dev.weir.proxy.pool.Waiter;
import dev.weir.proxy.server.SettingsRefusal;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.sql.SqlStatement;
import dev.weir.proxy.sql.SqlStatements;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;

/**
 * What becomes of a client whose settings PostgreSQL has taken once and does not take any more: a role that it has lost, a
 * setting that it may not set now, one that cannot be changed on a server that has been used. Another server is tried; if a new
 * one refuses as well, each request of the client is answered by PostgreSQL's error, until it has reset or set the setting.
 *
 * <p>Confined to the client's event loop.
 */
final class RefusedSettings {

    private static final int NAMES_SHOWN = 5;

    private static final int LEADING_OUT = Effects.SETS | Effects.SETS_REPORTED_ONLY | Effects.DISCARDS;

    private final ClientSession session;
    private final ClientSettings settings;
    private final Waiter waiter;

    /** The text that asked for a server last may be the way out. */
    private boolean wayOutSeen;

    RefusedSettings(ClientSession session, ClientSettings settings, Waiter waiter) {
        this.session = session;
        this.settings = settings;
        this.waiter = waiter;
    }

    /**
     * The answer to a refusal, once there is no server any more.
     *
     * @return what tells the client, before anything else of it is looked at
     */
    Runnable answer(SettingsRefusal refusal) {
        return switch (refusal.kind()) {
            case ELSEWHERE -> waiter::wantNewServer;
            case FINAL -> {
                boolean atLogin = settings.wereNeverAccepted();
                settings.onHopeless();
                if (wayOutSeen) {
                    wayOutSeen = false;
                    yield () -> {}; // it is looked at once more
                }
                yield atLogin || isItsOwnSession() ? () -> end(refusal) : () -> session.refuseHeld(tell(refusal));
            }
            case OVERTAKEN -> {
                settings.onDoubt();
                yield isItsOwnSession() ? () -> end(refusal) : () -> tellAll(refusal);
            }
        };
    }

    private boolean isItsOwnSession() {
        return session.profile().mode() == PoolMode.SESSION;
    }

    private void end(SettingsRefusal refusal) {
        session.closeWithError(session.errors().settingsRefused(refusal.error()));
    }

    /** What the client has sent is lost: each request of it has failed. */
    private void tellAll(SettingsRefusal refusal) {
        session.onAllAnswered();
        PgError error = tell(refusal);
        for (int i = 0; i < refusal.readyOwed(); i++) {
            session.output().say(error);
            session.output().readyForQuery(TransactionStatus.IDLE);
        }
        if (refusal.batchOpen()) {
            session.output().say(error);
            session.inbound().discardBatch();
        }
        session.output().flush();
    }

    private PgError tell(SettingsRefusal refusal) {
        return refusal.error().withSeverity(PgError.Severity.ERROR).withHint(hint(refusal.error()));
    }

    private String hint(PgError error) {
        List<String> names = suspects(error);
        String which = names.size() == 1
                ? "The setting " + names.getFirst() + " of this session is not accepted any more. "
                : "One of the settings " + String.join(", ", names) + " of this session is not accepted any more. ";
        return which + "Use RESET " + names.getFirst() + ", or SET it otherwise, outside of a transaction block.";
    }

    /** The settings that PostgreSQL may mean. */
    private List<String> suspects(PgError error) {
        List<String> all = settings.current().names();
        String text = error.message().toLowerCase(Locale.ROOT).replace(' ', '_');
        List<String> named = all.stream()
                .filter(name -> text.contains(name.replace(' ', '_')))
                .limit(1)
                .toList();
        return named.isEmpty() ? all.stream().limit(NAMES_SHOWN).toList() : named;
    }

    /**
     * A text is about to ask for a server: if it is the way out, the setting in question does not stand in it.
     *
     * @param effects {@link Effects} of the text
     * @param length of the text, without its terminator
     */
    void look(int effects, ByteBuf in, int start, int length) {
        wayOutSeen = false;
        if ((effects & LEADING_OUT) == 0
                || session.server() != null
                || settings.current().isEmpty()) {
            return;
        }
        SqlStatement statement = SqlStatements.single(in, start, length, session.dialect());
        if (settings.areHopeless()) {
            takeOut(statement);
        } else {
            wayOutSeen = !(statement instanceof SqlStatement.Other);
        }
    }

    private void takeOut(SqlStatement statement) {
        switch (statement) {
            case SqlStatement.Reset reset -> settings.leave(reset.name());
            case SqlStatement.SetPlain set when set.local() -> {}
            case SqlStatement.SetPlain set when endsRole(set) -> settings.leaveRole();
            case SqlStatement.SetPlain set when set.isDefault() -> settings.leave(set.name());
            case SqlStatement.SetPlain set -> settings.suspend(set.name());
            case SqlStatement.ResetAll _ -> settings.leaveAll(true);
            case SqlStatement.DiscardAll _ -> settings.leaveAll(false);
            default -> {} // needs them all
        }
    }

    private static boolean endsRole(SqlStatement.SetPlain set) {
        return set.name().equals("role") && set.value().replace("'", "").equalsIgnoreCase("none");
    }
}
