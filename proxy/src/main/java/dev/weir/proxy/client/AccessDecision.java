package dev.weir.proxy.client;

import dev.weir.config.WeirConfig;
import dev.weir.config.access.HbaRule;
import dev.weir.config.access.LdapOptions;
import dev.weir.config.access.LoginFacts;
import dev.weir.config.setting.AuthSettings;
import dev.weir.proxy.auth.AuthMethod;
import dev.weir.proxy.wire.PgError;

/** What a client must show to be let in: the word of {@code auth_type}, or of the first rule that fits. Immutable. */
sealed interface AccessDecision {

    /** Something that can be compared with a stored secret, or nothing. */
    record Secret(AuthMethod method) implements AccessDecision {}

    /** A certificate with the user's name, or one that the map leads to it from. */
    record Certificate(String map) implements AccessDecision {}

    /** An account of the operating system with the user's name, or one that the map leads to it from. */
    record Peer(String map) implements AccessDecision {}

    /**
     * A password that an LDAP server takes.
     *
     * @param byRule whether a rule says so, and not {@code auth_type}
     */
    record Ldap(LdapOptions options, boolean byRule) implements AccessDecision {}

    /** A password that the operating system takes. */
    record Pam() implements AccessDecision {}

    /** Nothing helps. */
    record Refused(PgError error, String reason) implements AccessDecision {}

    static AccessDecision of(WeirConfig config, LoginFacts facts, ClientErrors errors) {
        return switch (config.get(AuthSettings.AUTH_TYPE)) {
            case TRUST -> new Secret(AuthMethod.TRUST);
            case ANY -> new Secret(AuthMethod.ANY);
            case PLAIN -> new Secret(AuthMethod.PLAIN);
            case MD5 -> new Secret(AuthMethod.MD5);
            case SCRAM_SHA_256 -> new Secret(AuthMethod.SCRAM_SHA_256);
            case CERT -> new Certificate("");
            case PAM -> new Pam();
            case LDAP -> new Ldap(config.get(AuthSettings.AUTH_LDAP_OPTIONS), false);
            case HBA -> ofRules(config, facts, errors);
        };
    }

    private static AccessDecision ofRules(WeirConfig config, LoginFacts facts, ClientErrors errors) {
        HbaRule rule = config.access().hba().find(facts);
        if (rule == null) {
            return new Refused(errors.noHbaRule(facts), "no line of auth_hba_file fits");
        }
        return switch (rule.method()) {
            case TRUST -> new Secret(AuthMethod.TRUST);
            case MD5 -> new Secret(AuthMethod.MD5);
            case PASSWORD -> new Secret(AuthMethod.PLAIN);
            case SCRAM_SHA_256 -> new Secret(AuthMethod.SCRAM_SHA_256);
            case CERT -> new Certificate(rule.map());
            case PEER -> new Peer(rule.map());
            case LDAP -> new Ldap(rule.ldap(), true);
            case REJECT -> new Refused(errors.rejectedByRule(facts), "rejected by " + rule.origin());
        };
    }
}
