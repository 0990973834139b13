package dev.weir.proxy.client;

import dev.weir.config.PinMode;
import dev.weir.proxy.pool.PinHolder;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.relay.Expectations;
import dev.weir.proxy.relay.MessageFramer;
import dev.weir.proxy.relay.MessageSink;
import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.sql.Effects;
import dev.weir.proxy.state.SettingsBatch;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import dev.weir.proxy.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refuses statements that would tie a client to its server where that is not wanted, or where too many of the pool's servers
 * are tied already. In a transaction PostgreSQL itself is made to raise the error, so that the transaction fails as after
 * any other.
 *
 * <p>Confined to the client's event loop.
 */
final class PinLimit {

    /** What certainly ties, if the statement succeeds. */
    private static final int PINNING = Effects.LOCKS | Effects.KEEPS_TEMP | Effects.HOLDS | Effects.LOADS;

    /** What is left of PREPARE in a text with other statements: of such only PostgreSQL knows the name. */
    private static final int PREPARES_AMONG_OTHERS = Effects.PREPARES | Effects.MANY;

    private static final int HOLDERS_SHOWN = 3;
    private static final int NAME_CHARS_MAX = 64;

    private final ClientSession session;
    private final ClientInbound inbound;
    private final ClientServices services;

    PinLimit(ClientSession session, ClientInbound inbound, ClientServices services) {
        this.session = session;
        this.inbound = inbound;
        this.services = services;
    }

    /** What the client is told instead of having its statement executed, null if it may be. */
    @Nullable
    PgError refusal(int effects) {
        boolean prepares = (effects & PREPARES_AMONG_OTHERS) == PREPARES_AMONG_OTHERS && session.renamesStatements();
        if (((effects & PINNING) == 0 && !prepares) || !session.followsState()) {
            return null;
        }
        ClientProfile profile = session.profile();
        if (profile.pin() == PinMode.NEVER) {
            return forbidden(effects);
        }
        return !session.trace().isPinned() && isReached(profile.pinnedPercentMax()) ? limitReached() : null;
    }

    private boolean isReached(int percentMax) {
        Pool pool = session.pool();
        int size = pool.rules().size();
        long pinnedMax = pinnedMax(size, percentMax);
        // where all may be kept, who wants one more just waits for a server
        return pinnedMax < size && pool.pinned().size() >= pinnedMax;
    }

    /** How many servers of a pool may be kept, rounded up: what holds two locks must work in a pool of two. */
    static long pinnedMax(int size, int percentMax) {
        return percentMax == 0 ? size : ((long) size * percentMax + 99) / 100;
    }

    private static PgError forbidden(int effects) {
        return PgError.error(
                        SqlState.FEATURE_NOT_SUPPORTED,
                        what(effects) + " would tie this session to one server connection, which pin = never forbids")
                .withHint("Use what ends with the transaction (pg_advisory_xact_lock, ON COMMIT DROP), or set pin ="
                        + " auto or pool_mode = session for this database or user.");
    }

    private static String what(int effects) {
        if ((effects & Effects.LOCKS) != 0) {
            return "a session-level advisory lock";
        }
        if ((effects & Effects.KEEPS_TEMP) != 0) {
            return "a temporary table";
        }
        if ((effects & Effects.HOLDS) != 0) {
            return "a cursor WITH HOLD";
        }
        return (effects & Effects.LOADS) != 0 ? "LOAD" : "PREPARE among others of a name that only PostgreSQL can read";
    }

    private PgError limitReached() {
        Pool pool = session.pool();
        List<PinHolder> holders = pool.pinned().holders().stream()
                .sorted(Comparator.comparingLong(holder -> holder.oldest().sinceMillis()))
                .toList();
        long nowNanos = System.nanoTime();
        String shown = holders.stream()
                .limit(HOLDERS_SHOWN)
                .map(holder -> describe(holder, nowNanos))
                .collect(Collectors.joining("; "));
        int more = holders.size() - HOLDERS_SHOWN;
        return PgError.error(
                        SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                        "too many server connections are kept by single clients (max_pinned_percent)")
                .withDetail(holders.size() + " of " + pool.rules().size() + " connections of pool " + pool
                        + " are kept: " + shown + (more > 0 ? "; and " + more + " more." : "."))
                .withHint("Use what ends with the transaction (pg_advisory_xact_lock, ON COMMIT DROP), let the holders"
                        + " release theirs, or raise pool_size or max_pinned_percent. SHOW PINS on the console lists"
                        + " them all.");
    }

    private static String describe(PinHolder holder, long nowNanos) {
        PinHolder.Hold oldest = holder.oldest();
        String name = holder.applicationName().isEmpty() ? "a client" : "\"" + holder.applicationName() + "\"";
        return plain(name + " at " + holder.address() + " for " + oldest.pin()) + " since "
                + Math.max(0, nowNanos - oldest.sinceNanos()) / 1_000_000_000L + " s";
    }

    /** Without what might not fit the encoding of the client or the server. */
    private static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints().limit(3 * NAME_CHARS_MAX).forEach(c -> plain.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
        return plain.toString();
    }

    // ---- telling ----

    /** Answers a Query. */
    int refuseQuery(PgError error, MessageFramer framer) {
        if (session.server() == null) {
            session.output().say(error);
            session.output().readyForQuery(TransactionStatus.IDLE);
            services.logPoolerError(session, error);
            return MessageSink.DISCARD;
        }
        ServerConnection server = session.link().request();
        if (server == null) {
            return MessageSink.STOP;
        }
        framer.emitRun();
        String sql = raising(error);
        ByteBuf out = server.buffer(16 + sql.length());
        Messages.query(out, sql);
        server.write(out);
        session.open().onSimpleQuery(server);
        server.expectations().add(Expectations.QUERY, Expectations.FORWARD);
        services.logPoolerError(session, error);
        return MessageSink.DISCARD;
    }

    /** Answers a Parse or a Bind; what follows up to the Sync is skipped, by PostgreSQL or here. */
    int refuseBatch(PgError error, MessageFramer framer) {
        if (session.server() == null) {
            session.output().say(error);
            inbound.discardBatch();
            services.logPoolerError(session, error);
            return MessageSink.DISCARD;
        }
        ServerConnection server = session.link().request();
        if (server == null) {
            return MessageSink.STOP;
        }
        framer.emitRun();
        ServerPreparation.raise(server, raising(error));
        services.logPoolerError(session, error);
        return MessageSink.DISCARD;
    }

    /** A statement that fails with this error. */
    private static String raising(PgError error) {
        String body = String.format(
                Locale.ROOT,
                "BEGIN RAISE EXCEPTION USING ERRCODE = '%s', MESSAGE = %s, DETAIL = %s, HINT = %s; END",
                error.sqlState(),
                SettingsBatch.literal(error.message()),
                literalOrEmpty(error.detail()),
                literalOrEmpty(error.hint()));
        return "DO " + SettingsBatch.literal(body);
    }

    private static String literalOrEmpty(@Nullable String text) {
        return SettingsBatch.literal(text == null ? "" : text);
    }
}
