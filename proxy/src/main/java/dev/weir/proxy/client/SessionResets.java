package dev.weir.proxy.client;

import dev.weir.proxy.sql.SqlDialect;
import dev.weir.proxy.sql.SqlStatements;
import dev.weir.proxy.state.SessionSettings;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.TransactionStatus;
import dev.weir.proxy.wire.TypeOid;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The texts by which drivers' pools clean a session before they hand it to somebody else: asyncpg's {@code SELECT
 * pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL}, Npgsql's longer one. A client that has no server has nothing
 * but its settings to reset, so no server has to be asked.
 *
 * <p>Confined to the client's event loop.
 */
final class SessionResets {

    /** Such texts are short. */
    private static final int LENGTH_MAX = 512;

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /** What such a text may consist of. */
    private enum Step {
        CLOSE_ALL("CLOSE ALL", "CLOSE CURSOR ALL"),
        DEALLOCATE_ALL("DEALLOCATE ALL", "DEALLOCATE ALL"),
        DISCARD_PLANS("DISCARD PLANS", "DISCARD PLANS"),
        DISCARD_SEQUENCES("DISCARD SEQUENCES", "DISCARD SEQUENCES"),
        DISCARD_TEMP("DISCARD TEMP", "DISCARD TEMP"),
        DISCARD_TEMPORARY("DISCARD TEMPORARY", "DISCARD TEMP"),
        RESET_ALL("RESET ALL", "RESET"),
        RESET_SESSION_AUTHORIZATION("SET SESSION AUTHORIZATION DEFAULT", "SET"),
        UNLISTEN("UNLISTEN *", "UNLISTEN"),
        UNLOCK("SELECT PG_ADVISORY_UNLOCK_ALL()", "SELECT 1");

        private final String text;
        private final String tag;

        Step(String text, String tag) {
            this.text = text;
            this.tag = tag;
        }

        static @Nullable Step of(byte[] statement) {
            String plain = new String(statement, StandardCharsets.ISO_8859_1).strip();
            String spoken = BLANKS.matcher(plain).replaceAll(" ").toUpperCase(Locale.ROOT);
            for (Step step : values()) {
                if (step.text.equals(spoken)) {
                    return step;
                }
            }
            return null;
        }
    }

    private final ClientSession session;
    private final OpenStatements open;

    SessionResets(ClientSession session, OpenStatements open) {
        this.session = session;
        this.open = open;
    }

    /**
     * Answers a query if it is such a text, and no server is concerned.
     *
     * @param length of the text, without its terminator
     * @return whether it is answered
     */
    boolean answer(ByteBuf in, int start, int length) {
        if (length == 0 || length > LENGTH_MAX || session.server() != null || !mayBegin(in.getByte(start))) {
            return false;
        }
        List<Step> steps = steps(WireNames.bytes(in, start, length));
        if (steps.isEmpty() || !areLocal(steps)) {
            return false;
        }
        open.forgetUnnamed();
        ByteBuf out = session.output().buffer(256);
        for (Step step : steps) {
            carryOut(step, out);
        }
        Messages.readyForQuery(out, TransactionStatus.IDLE);
        session.output().write(out);
        return true;
    }

    private static boolean mayBegin(byte first) {
        return switch (first | 0x20) {
            case 's', 'c', 'u', 'r', 'd', ' ', '\n' | 0x20 -> true;
            default -> false;
        };
    }

    private static List<Step> steps(byte[] text) {
        List<Step> steps = new ArrayList<>();
        for (byte[] statement : SqlStatements.texts(text, SqlDialect.USUAL)) {
            Step step = Step.of(statement);
            if (step == null) {
                return List.of();
            }
            steps.add(step);
        }
        return steps;
    }

    /** Whether the settings after it are known here, and nobody else has to hear of it. */
    private boolean areLocal(List<Step> steps) {
        boolean resetsRole = steps.contains(Step.RESET_SESSION_AUTHORIZATION);
        boolean resetsSettings = steps.contains(Step.RESET_ALL);
        if (resetsRole && !resetsSettings) {
            return false;
        }
        if (resetsSettings && !resetsRole && nameRole(session.link().settings())) {
            return false; // RESET ALL leaves the role as it is
        }
        return !session.channels().isListening() || !steps.contains(Step.UNLISTEN);
    }

    private void carryOut(Step step, ByteBuf out) {
        switch (step) {
            case RESET_ALL -> session.resetSettings(out);
            case DEALLOCATE_ALL -> open.removeAll();
            case UNLOCK -> {
                Messages.rowDescription(out, List.of("pg_advisory_unlock_all"), TypeOid.VOID);
                Messages.dataRow(out, List.of(""));
            }
            case CLOSE_ALL,
                    DISCARD_PLANS,
                    DISCARD_SEQUENCES,
                    DISCARD_TEMP,
                    DISCARD_TEMPORARY,
                    RESET_SESSION_AUTHORIZATION,
                    UNLISTEN -> {} // a client without a server has none of that
        }
        Messages.commandComplete(out, step.tag);
    }

    /** Whether settings name a role, or whom the session is said to be. */
    private static boolean nameRole(SessionSettings settings) {
        return settings.find("role") != null || settings.find("session_authorization") != null;
    }
}
