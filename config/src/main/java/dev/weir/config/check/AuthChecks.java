package dev.weir.config.check;

import dev.weir.config.AuthType;
import dev.weir.config.DatabaseConfig;
import dev.weir.config.Origin;
import dev.weir.config.SecretForm;
import dev.weir.config.SslMode;
import dev.weir.config.WeirConfig;
import dev.weir.config.access.HbaMethod;
import dev.weir.config.access.LdapOptions;
import dev.weir.config.setting.AuthSettings;
import dev.weir.config.setting.ConsoleSettings;
import dev.weir.config.setting.Setting;
import dev.weir.config.setting.TlsSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds settings of authentication that do not go together.
record AuthChecks(WeirConfig config, CheckedValues global, Problems problems) {
    private static final String CONSOLE_DATABASE = "pgbouncer";

    static void check(WeirConfig config, CheckedValues global, Problems problems) {
        AuthChecks checks = new AuthChecks(config, global, problems);
        checks.method();
        checks.users();
        checks.authQuery(null);
        config.databases().values().forEach(checks::authQuery);
        if (config.wildcard() != null) {
            checks.authQuery(config.wildcard());
        }
    }

    /// Why the method of a configuration cannot work, or null.
    static @Nullable String obstacle(WeirConfig config) {
        Problems found = new Problems();
        new AuthChecks(config, new CheckedValues(config.global(), Map.of()), found).method();
        return found.sorted().stream()
                .filter(Problem::isError)
                .map(Problem::message)
                .findFirst()
                .orElse(null);
    }

    private AuthType type() {
        return config.get(AuthSettings.AUTH_TYPE);
    }

    /// Each method and what it cannot do without.
    private void method() {
        switch (type()) {
            case HBA -> hba();
            case CERT -> certificates(origin(AuthSettings.AUTH_TYPE), AuthSettings.AUTH_TYPE.name());
            case LDAP -> {
                if (config.get(AuthSettings.AUTH_LDAP_OPTIONS).equals(LdapOptions.NONE)) {
                    error(AuthSettings.AUTH_TYPE, "ldap needs auth_ldap_options");
                }
            }
            case TRUST, ANY, PLAIN, MD5, SCRAM_SHA_256, PAM -> {
                // need nothing else
            }
        }
    }

    private void hba() {
        if (config.get(AuthSettings.AUTH_HBA_FILE).isEmpty()) {
            error(AuthSettings.AUTH_TYPE, "hba needs auth_hba_file");
        }
        config.access().hba().rules().stream()
                .filter(rule -> rule.method() == HbaMethod.CERT)
                .findFirst()
                .ifPresent(rule -> certificates(rule.origin(), null));
    }

    private void certificates(Origin origin, @Nullable String key) {
        SslMode mode = config.get(TlsSettings.CLIENT_TLS_SSLMODE);
        if (mode != SslMode.VERIFY_CA && mode != SslMode.VERIFY_FULL) {
            problems.add(Problem.error(origin, key, "cert needs client_tls_sslmode = verify-full"));
        }
    }

    private void users() {
        if (type() == AuthType.ANY || asksOthers()) {
            return;
        }
        boolean anybody = !config.userList().secrets().isEmpty()
                || config.users().keySet().stream().anyMatch(this::hasSecret);
        if (!anybody) {
            problems.add(Problem.warning(
                    origin(AuthSettings.AUTH_FILE),
                    AuthSettings.AUTH_FILE.name(),
                    "there is no user: nobody can log in"));
            return;
        }
        unknown(ConsoleSettings.ADMIN_USERS);
        unknown(ConsoleSettings.STATS_USERS);
        if (type() == AuthType.SCRAM_SHA_256) {
            long md5 = config.userList().secrets().values().stream()
                    .filter(secret -> secret.form() == SecretForm.MD5)
                    .count();
            if (md5 != 0) {
                problems.add(Problem.warning(
                        origin(AuthSettings.AUTH_TYPE),
                        AuthSettings.AUTH_TYPE.name(),
                        "scram-sha-256 cannot work with the md5 secrets of " + md5 + " user(s)"));
            }
        }
    }

    /// Whether somebody else knows of users whom no file names.
    private boolean asksOthers() {
        return type() == AuthType.PAM
                || type() == AuthType.LDAP
                || config.asksForSecrets()
                || config.access().hba().rules().stream().anyMatch(rule -> rule.method() == HbaMethod.LDAP);
    }

    private boolean hasSecret(String user) {
        return config.findSecret(user) != null
                || config.effective(AuthSettings.PASSWORD_COMMAND, null, user).length() > 0;
    }

    private void unknown(Setting<List<String>> names) {
        for (String name : config.get(names)) {
            if (!hasSecret(name)) {
                problems.add(Problem.warning(
                        origin(names), names.name(), "the user " + name + " has no secret and cannot log in"));
            }
        }
    }

    /// @param database null for the global settings
    private void authQuery(@Nullable DatabaseConfig database) {
        boolean own = database == null
                || database.values().has(AuthSettings.AUTH_USER)
                || database.values().has(AuthSettings.AUTH_DBNAME);
        if (!own) {
            return;
        }
        String user = config.effective(AuthSettings.AUTH_USER, database, null);
        String name = config.effective(AuthSettings.AUTH_DBNAME, database, null);
        Origin userOrigin = database == null ? origin(AuthSettings.AUTH_USER) : database.origin();
        Origin nameOrigin = database == null ? origin(AuthSettings.AUTH_DBNAME) : database.origin();
        String prefix = database == null ? "" : "databases." + database.name() + ".";
        if (!user.isEmpty() && (type() == AuthType.PAM || type() == AuthType.LDAP)) {
            problems.add(Problem.warning(
                    userOrigin,
                    prefix + AuthSettings.AUTH_USER,
                    "auth_type " + type().text() + " does not go together with auth_user: nobody can log in"));
        }
        if (name.equals(CONSOLE_DATABASE)) {
            problems.add(Problem.error(
                    nameOrigin, prefix + AuthSettings.AUTH_DBNAME, "the admin console cannot run auth_query"));
        } else if (!name.isEmpty() && config.findDatabase(name) == null) {
            problems.add(
                    Problem.warning(nameOrigin, prefix + AuthSettings.AUTH_DBNAME, "there is no database " + name));
        }
    }

    private void error(Setting<?> setting, String message) {
        problems.add(Problem.error(origin(setting), setting.name(), message));
    }

    private Origin origin(Setting<?> setting) {
        return global.originOf(setting, Origin.wholeFile(config.file().toString()));
    }
}
