package dev.weir.proxy.doctor;

import dev.weir.config.AuthType;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.Secret;
import dev.weir.config.WeirConfig;
import dev.weir.config.setting.AuthSettings;
import dev.weir.proxy.auth.StoredSecret;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Logs in to one server as every user of whom a secret is known, in every database that leads there. Used once.
final class LoginCheck {

    /// More would say the same.
    private static final int LOGINS_MAX = 100;

    private final WeirConfig config;
    private final ServerVisit visit;
    private final Diagnosis diagnosis;
    private final ServerCheck server;
    private final Set<String> asked = new HashSet<>();
    private int logins;
    /// Each further login would cost as long a wait.
    private boolean silent;
    /// The server has been asked for long enough.
    private boolean late;

    LoginCheck(WeirConfig config, ServerVisit visit, Diagnosis diagnosis) {
        this.config = config;
        this.visit = visit;
        this.diagnosis = diagnosis;
        this.server = new ServerCheck(config, visit.server(), diagnosis);
    }

    void examine() {
        for (DatabaseConfig database : PoolDemand.databases(config)) {
            if (config.serverAddresses(database).contains(visit.server())) {
                examine(database);
            }
        }
        if (silent) {
            diagnosis.skip("login", visit.server().toString(), "no more logins were tried: it does not answer");
        } else if (late) {
            diagnosis.skip("login", visit.server().toString(), "no more logins were tried: it takes too long");
        } else if (logins > LOGINS_MAX) {
            diagnosis.skip("login", visit.server().toString(), (logins - LOGINS_MAX) + " more logins were not tried");
        }
        server.conclude();
    }

    private void examine(DatabaseConfig database) {
        for (String user : PoolDemand.users(config, database)) {
            late |= visit.isOverdue();
            if (silent || late) {
                return;
            }
            Secret stored = stored(database, user);
            StoredSecret secret = stored == null ? null : StoredSecret.parse(user, stored.reveal());
            String unable = whyNot(database, user, secret);
            if (unable != null) {
                diagnosis.skip("login", subject(database, user), unable);
            } else if (++logins <= LOGINS_MAX) {
                login(database, user, secret);
            }
        }
        if (!silent && !late) {
            authQuery(database);
        }
    }

    private @Nullable Secret stored(DatabaseConfig database, String user) {
        Secret own = user.equals(database.forcedUser()) ? database.password() : null;
        return own != null ? own : config.findSecret(user);
    }

    private @Nullable String whyNot(DatabaseConfig database, String user, @Nullable StoredSecret secret) {
        return switch (secret) {
            case StoredSecret.Scram _ ->
                "only a SCRAM verifier is known, which cannot log in; the client's own proof will";
            case StoredSecret.Impossible _ -> "the stored secret fits no password";
            case StoredSecret.Plaintext _, StoredSecret.Md5 _ -> null;
            case null ->
                user.equals(database.forcedUser()) || isWithoutPasswords()
                        ? null
                        : "no secret is known; it comes from the client or by auth_query";
        };
    }

    private boolean isWithoutPasswords() {
        AuthType type = config.get(AuthSettings.AUTH_TYPE);
        return type == AuthType.TRUST || type == AuthType.ANY;
    }

    private static String subject(DatabaseConfig database, String user) {
        return database.name() + "/" + user;
    }

    /// The `*` entry has no name of its own; every server has this one.
    private static String nameAtServer(DatabaseConfig database) {
        String name = database.serverDatabase();
        return name.equals(DatabaseConfig.WILDCARD) ? "postgres" : name;
    }

    private void login(DatabaseConfig database, String user, @Nullable StoredSecret secret) {
        String subject = subject(database, user);
        String name = nameAtServer(database);
        try (Probe probe = visit.connect()) {
            long began = System.nanoTime();
            probe.login(user, name, secret);
            long millis = (System.nanoTime() - began) / 1_000_000;
            diagnosis.ok("login", subject, "logged in to " + name + " in " + millis + " ms");
            connectQuery(database, subject, probe);
            server.examine(database, user, Facts.ask(probe));
        } catch (ProbeFailed e) {
            silent = e.isSilence();
            diagnosis.fail("login", subject, e.reason(), advice(e, database, user, secret));
        }
    }

    private void connectQuery(DatabaseConfig database, String subject, Probe probe) {
        String query = database.connectQuery();
        if (query == null) {
            return;
        }
        try {
            probe.rows(query);
            diagnosis.ok("connect_query", subject, "runs");
        } catch (ProbeFailed e) {
            diagnosis.fail("connect_query", subject, e.reason(), "a connect_query that " + subject + " may run");
        }
    }

    private String advice(ProbeFailed failure, DatabaseConfig database, String user, @Nullable StoredSecret secret) {
        String where =
                user.equals(database.forcedUser()) ? "[databases." + database.name() + "]" : "[users." + user + "]";
        return switch (failure.sqlState()) {
            case "28P01" ->
                "the password that PostgreSQL has, in " + where + " or auth_file; or ALTER ROLE \"" + user
                        + "\" PASSWORD '…' there";
            case "28000" ->
                "in pg_hba.conf: host " + nameAtServer(database) + " " + user
                        + " <address of this machine>/32 scram-sha-256; and the role must have LOGIN";
            case "3D000" -> "dbname = \"<its name at the server>\" in [databases." + database.name() + "]";
            case "42501" -> "GRANT CONNECT ON DATABASE \"" + nameAtServer(database) + "\" TO \"" + user + "\"";
            case "53300" -> "smaller pools, or a larger max_connections (or CONNECTION LIMIT of the role or database)";
            case "57P03" -> "to wait: PostgreSQL is starting, shutting down or recovering";
            default -> {
                if (failure.isSilence()) {
                    yield TlsCheck.advice(failure.reason());
                }
                if (secret == null) {
                    yield "password = \"…\" in " + where + ": PostgreSQL asks for one, and none is known";
                }
                yield secret instanceof StoredSecret.Md5
                        ? "the password itself in place of its md5 hash: PostgreSQL asks for SCRAM"
                        : "look into PostgreSQL's log for the reason";
            }
        };
    }

    private void authQuery(DatabaseConfig database) {
        String asker = config.authUser(database);
        String in = config.authDatabase(database);
        if (asker == null || in == null) {
            return;
        }
        DatabaseConfig where = config.findDatabase(in);
        if (where == null || !config.serverAddresses(where).contains(visit.server())) {
            if (where == null && asked.add(in)) {
                diagnosis.fail(
                        "auth_query",
                        database.name(),
                        "there is no database " + in + " to ask in",
                        "auth_dbname = " + "the name of one in [databases]");
            }
            return;
        }
        String query = config.authQuery(database);
        if (asked.add(asker + '\0' + where.name() + '\0' + query)) {
            new AuthQueryCheck(visit, diagnosis).examine(where, nameAtServer(where), asker, secret(asker), query);
        }
    }

    private @Nullable StoredSecret secret(String user) {
        Secret stored = config.findSecret(user);
        return stored == null ? null : StoredSecret.parse(user, stored.reveal());
    }
}
