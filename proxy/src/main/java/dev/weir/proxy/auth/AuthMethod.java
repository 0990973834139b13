package dev.weir.proxy.auth;

/// What a client must show to log in (`auth_type`).
public enum AuthMethod {
    /// Nothing, but the user must be known.
    TRUST,
    /// Nothing at all; the name is not even looked at.
    ANY,
    /// The password in clear text.
    PLAIN,
    /// A salted MD5 hash; users whose secret is a SCRAM one do SCRAM instead.
    MD5,
    /// SCRAM-SHA-256.
    SCRAM_SHA_256
}
