package dev.weir.proxy.server;

import dev.weir.proxy.sql.MentionedSettings;
import dev.weir.proxy.sql.SuspectNames;
import dev.weir.proxy.wire.FieldReader;
import dev.weir.proxy.wire.PgError;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL for the functions of a database whose use changes the session, and for what calls them: other functions,
 * tables with triggers, views, column defaults. Bodies in SQL and procedural languages are searched for the words that do so;
 * functions in C cannot be looked into.
 *
 * <p>Confined to the event loop of the server that is asked; one object for one question.
 */
public final class FunctionSurvey {

    /** More names than a text should be compared with: where there are more, every text counts as one with such a name. */
    static final int NAMES_MAX = 4096;

    /** Names of settings that PostgreSQL can be asked for as they stand. */
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9_$]{1,63}+(?:\\.[a-z0-9_$]{1,63}+)++");

    /** Is told how it ended. */
    public interface Listener {

        /**
         * The server has answered.
         *
         * @param failure why there is no answer, null if there is one
         */
        void onSurveyed(FunctionSurvey survey, @Nullable PgError failure);

        /** The connection was lost before there was an answer. */
        void onLost(FunctionSurvey survey);
    }

    private final Listener listener;
    private final String before;
    private final Set<String> names = new TreeSet<>();
    private final Set<String> loading = new TreeSet<>();
    private final Set<String> unnamed = new TreeSet<>();
    private final Set<String> custom = new TreeSet<>();
    private boolean complete = true;
    private String fingerprint = "";
    private boolean interrupted;
    private @Nullable Integer connectionsLimit;

    /**
     * @param before the fingerprint of the last survey: then it is only asked whether that is still right; empty to look for
     *     functions
     */
    public FunctionSurvey(Listener listener, String before) {
        this.listener = listener;
        this.before = before;
    }

    /** The question. The session may be in any state that a client may leave it in, its settings included. */
    String sql() {
        return isBrief() ? FunctionSearch.FINGERPRINT : FunctionSearch.ALL;
    }

    /** Whether it is only asked whether anything has changed. */
    public boolean isBrief() {
        return !before.isEmpty();
    }

    /** Takes the body of a DataRow. */
    void onRow(ByteBuf in, int start, int length) {
        FieldReader body = new FieldReader(in, start, length);
        if (body.count() != 3) {
            return; // the settings
        }
        String kind = column(body);
        String name = column(body);
        String more = column(body);
        switch (kind) {
            case "f" -> fingerprint = name;
            case "s" -> addCustom(name);
            case "c" -> complete = false;
            case "m" -> connectionsLimit = Integer.valueOf(name);
            default -> {
                names.add(name);
                if (more.contains("l")) {
                    loading.add(name);
                }
                if (more.contains("u")) {
                    unnamed.add(name);
                }
            }
        }
    }

    private void addCustom(String name) {
        if (PLAIN.matcher(name).matches()) {
            custom.add(name);
        } else {
            complete = false;
        }
    }

    /** As many characters as bytes where it is not ASCII, which is all that matters. */
    private static String column(FieldReader body) {
        int length = body.int32();
        return length < 0 ? "" : new String(body.bytes(length), StandardCharsets.ISO_8859_1);
    }

    /** The server has answered. */
    void end(@Nullable PgError failure) {
        listener.onSurveyed(this, failure);
    }

    /** The server has gone. */
    void lose() {
        listener.onLost(this);
    }

    /** Somebody needs the server more. */
    void interrupt() {
        interrupted = true;
    }

    /** Whether it was given up for the sake of clients. */
    public boolean isInterrupted() {
        return interrupted;
    }

    /** Whether nothing has been defined since the survey before. */
    public boolean isUnchanged() {
        return fingerprint.equals(before);
    }

    /** What to give to the next one. */
    public String fingerprint() {
        return fingerprint;
    }

    /** How many sessions the server lets ordinary roles have; null before it has said so. */
    public @Nullable Integer connectionsLimit() {
        return connectionsLimit;
    }

    /** What was found. */
    public SuspectNames found() {
        MentionedSettings settings = new MentionedSettings(Set.copyOf(custom), Set.of(), complete, true);
        return names.size() > NAMES_MAX ? SuspectNames.ANY : SuspectNames.of(names, loading, unnamed, settings);
    }
}
