package dev.weir.config;

/// How clients prove who they are (setting `auth_type`).
public enum AuthType implements Choice {
    /// No proof asked for; the user must exist.
    TRUST("trust"),
    /// No proof asked for, the user name is ignored; every database needs a forced user.
    ANY("any"),
    /// The password in clear text.
    PLAIN("plain"),
    /// The salted MD5 exchange; SCRAM for users whose stored secret is a SCRAM one.
    MD5("md5"),
    SCRAM_SHA_256("scram-sha-256"),
    CERT("cert"),
    HBA("hba"),
    PAM("pam"),
    LDAP("ldap");

    private final String text;

    AuthType(String text) {
        this.text = text;
    }

    @Override
    public String text() {
        return text;
    }
}
