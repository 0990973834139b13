package dev.weir.proxy.client;

import dev.weir.proxy.server.ServerConnection;
import dev.weir.proxy.trace.TraceContext;
import dev.weir.proxy.wire.PgError;
import org.jspecify.annotations.Nullable;

/**
 * Which trace of the application's the client's request belongs to. A text's {@code traceparent} counts once: for the request
 * that executes it, or, where it was prepared, that executes it first. Of several texts in one request the last one that has
 * any counts, as the request's time goes to its last statement.
 *
 * <p>Confined to the client's event loop. Takes next to no room until a text has a {@code traceparent}.
 */
final class ClientTrace {

    private @Nullable Noted noted;

    private static final class Noted {
        /** Of a text that is prepared and not executed. */
        private @Nullable TraceContext prepared;

        private @Nullable Object statement;
        /** Of the request under way. */
        private @Nullable TraceContext current;

        private @Nullable ServerConnection server;
        /** What is under way has been answered, and nothing of it was executed yet. */
        private boolean answered;

        private @Nullable PgError lastWord;
    }

    private Noted note() {
        Noted known = noted;
        if (known == null) {
            known = new Noted();
            noted = known;
        }
        return known;
    }

    /** A text is executed. */
    void onText(ServerConnection server, @Nullable TraceContext found) {
        Noted known = noted;
        if (known == null && found == null) {
            return;
        }
        begin(note(), server);
        if (found != null) {
            note().current = found;
        }
    }

    private static void begin(Noted known, ServerConnection server) {
        known.server = server;
        if (known.answered) {
            known.answered = false;
            known.current = null;
        }
    }

    /** A text is prepared. */
    @SuppressWarnings("ReferenceEquality") // this very statement
    void onPrepared(Object statement, @Nullable TraceContext found) {
        if (found != null) {
            note().prepared = found;
            note().statement = statement;
        } else if (noted != null && noted.statement == statement) {
            noted.prepared = null;
            noted.statement = null;
        }
    }

    /** What was prepared is executed. */
    @SuppressWarnings("ReferenceEquality")
    void onBound(ServerConnection server, @Nullable Object statement) {
        Noted known = noted;
        if (known == null) {
            return;
        }
        begin(known, server);
        if (statement != null && known.statement == statement) {
            known.current = known.prepared;
            known.prepared = null;
            known.statement = null;
        }
    }

    /** What the client is told before it is closed. */
    void onLastWord(PgError error) {
        note().lastWord = error;
    }

    /** All is answered, and nothing was executed: that may follow. */
    void onNothingExecuted() {
        if (noted != null) {
            noted.answered = true;
            noted.server = null; // may be let go, and serve others
        }
    }

    /** The trace of the request that ends here; null for none. */
    @Nullable
    TraceContext take() {
        Noted known = noted;
        if (known == null) {
            return null;
        }
        TraceContext context = known.current;
        known.current = null;
        known.server = null;
        if (known.prepared == null && known.lastWord == null) {
            noted = null;
        }
        return context;
    }

    /** The trace of what was prepared as this statement. */
    @SuppressWarnings("ReferenceEquality")
    @Nullable
    TraceContext prepared(@Nullable Object statement) {
        return noted == null || noted.statement != statement ? null : noted.prepared;
    }

    /** The server that the request went to; null for none. */
    @Nullable
    ServerConnection server() {
        return noted == null ? null : noted.server;
    }

    /** What the client is told in the end; null for nothing. */
    @Nullable
    PgError lastWord() {
        return noted == null ? null : noted.lastWord;
    }
}
