package dev.weir.proxy.client;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.authquery.AuthAnswer;
import dev.weir.proxy.authquery.AuthQuestion;
import dev.weir.proxy.pool.Pool;
import dev.weir.proxy.wire.PgError;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what is stored of one client's password: in the files, else by {@code auth_query}. Confined to the client's event
 * loop.
 */
final class UserLookup {

    private static final Logger LOGGER = LoggerFactory.getLogger(UserLookup.class);

    /** Who wants to know. */
    interface Result {

        /**
         * This is what is known.
         *
         * @param known null if nobody of that name is
         */
        void onUser(@Nullable KnownUser known);

        /** It cannot be found out, or the user may be told that it does not exist. */
        void onRefused(PgError error, String reason);
    }

    private final LoginAttempt attempt;
    private final ClientServices services;
    private final WeirConfig config;
    private @Nullable AuthQuestion question;
    private @Nullable Pool pool;
    private Runnable stopAsking = () -> {};

    UserLookup(LoginAttempt attempt, ClientServices services) {
        this.attempt = attempt;
        this.services = services;
        this.config = services.config();
    }

    /** Answers now or later. */
    void begin(Result result) {
        KnownUser known = inFiles();
        if (known != null) {
            result.onUser(known);
            return;
        }
        String asker = config.authUser(attempt.database());
        String name = config.authDatabase(attempt.database());
        if (asker == null || name == null) {
            result.onUser(null);
        } else {
            ask(asker, name, result);
        }
    }

    /** What the files say, null for nothing. */
    @Nullable
    KnownUser inFiles() {
        Secret stored = config.findSecret(attempt.user());
        return stored == null
                ? null
                : new KnownUser(attempt.user(), StoredSecret.parse(attempt.user(), stored.reveal()), false);
    }

    private void ask(String asker, String name, Result result) {
        DatabaseConfig entry = config.findDatabase(name);
        if (entry == null) {
            result.onRefused(services.errors().misconfigured(), "auth_dbname \"" + name + "\" is not configured");
            return;
        }
        if (services.pools().database(entry).isDisabled()) {
            result.onRefused(services.errors().authDatabaseDisabled(name), "authentication database is disabled");
            return;
        }
        AuthQuestion asked = new AuthQuestion(name, asker, config.authQuery(attempt.database()), attempt.user());
        question = asked;
        pool = services.pools().poolOf(entry, asker);
        stopAsking = services.authenticators().queries().ask(asked, attempt.worker(), answer -> {
            pool = null;
            onAnswer(answer, result);
        });
    }

    private void onAnswer(AuthAnswer answer, Result result) {
        ClientErrors errors = services.errors();
        switch (answer) {
            case AuthAnswer.Found(String user, StoredSecret secret) -> result.onUser(new KnownUser(user, secret, true));
            case AuthAnswer.NoSuchUser()
            when errors.isPgBouncer() -> result.onRefused(errors.noSuchUser(), "no such user");
            case AuthAnswer.NoSuchUser() -> result.onUser(null);
            case AuthAnswer.Failed(String reason, PgError error) -> {
                LOGGER.warn("{} error in auth_query: {}", attempt.client(), reason);
                result.onRefused(errors.authQueryFailed(error), "error in auth_query: " + reason);
            }
        }
    }

    /** Whether PostgreSQL was asked, or would have been for a user of another name. */
    boolean wasAsked() {
        return question != null;
    }

    /** The answer did not fit: next time it has to be a new one. */
    void forgetAnswer() {
        if (question != null) {
            services.authenticators().queries().forget(Objects.requireNonNull(question));
        }
    }

    /** Whose server is waited for, null if for none. */
    @Nullable
    Pool pool() {
        return pool;
    }

    /** The client has gone. */
    void stop() {
        stopAsking.run();
    }
}
