package dev.weir.proxy.doctor;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.SecretForm;
import dev.weir.proxy.auth.StoredSecret;
import org.jspecify.annotations.Nullable;

/// Runs `auth_query` as its user. Used once for each.
final class AuthQueryCheck {

    private static final int COLUMNS = 2;

    private final ServerVisit visit;
    private final Diagnosis diagnosis;

    AuthQueryCheck(ServerVisit visit, Diagnosis diagnosis) {
        this.visit = visit;
        this.diagnosis = diagnosis;
    }

    void examine(DatabaseConfig database, String name, String asker, @Nullable StoredSecret secret, String query) {
        String subject = database.name() + "/" + asker;
        try (Probe probe = visit.connect()) {
            probe.login(asker, name, secret);
            Probe.Answer answer = probe.ask(query, asker);
            if (answer.columns() != COLUMNS) {
                diagnosis.fail(
                        "auth_query",
                        subject,
                        "gives " + answer.columns() + " columns",
                        "a query with two columns: the user's name and its secret");
            } else if (answer.rows().stream().anyMatch(row -> row.size() != COLUMNS)) {
                diagnosis.fail("auth_query", subject, "the server's rows are not those it has described", "PostgreSQL");
            } else if (answer.rows().isEmpty()) {
                diagnosis.ok("auth_query", subject, "runs; of " + asker + " itself it knows nothing");
            } else {
                String found = answer.rows().getFirst().get(1);
                diagnosis.ok("auth_query", subject, "runs; the secret of " + asker + " is " + form(found));
            }
        } catch (ProbeFailed e) {
            boolean login = e.stage() != ProbeFailed.Stage.QUERY;
            diagnosis.fail(
                    "auth_query",
                    subject,
                    (login ? "cannot log in: " : "") + e.reason(),
                    login
                            ? "password of " + asker + " in auth_file or [users." + asker
                                    + "], and a line in pg_hba.conf"
                            : "a SECURITY DEFINER function that reads pg_authid, and GRANT EXECUTE on it to " + asker);
        }
    }

    private static String form(@Nullable String secret) {
        if (secret == null) {
            return "null";
        }
        return switch (new dev.weir.config.Secret(secret).form()) {
            case SecretForm.EMPTY -> "empty";
            case SecretForm.PLAINTEXT -> "a plaintext password";
            case SecretForm.MD5 -> "an md5 hash";
            case SecretForm.SCRAM_SHA_256 -> "a SCRAM verifier";
        };
    }
}
