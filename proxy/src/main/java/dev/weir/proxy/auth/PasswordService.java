package dev.weir.proxy.auth;

import java.util.function.Consumer;

/// Somebody else who knows whether a password is right. Thread-safe.
public interface PasswordService {
    /// What came of it.
    enum Verdict {
        RIGHT,
        WRONG,
        /// Who should know could not be asked; the log says why.
        UNAVAILABLE,
        /// Too many wait already.
        BUSY
    }

    /// Who claims to be whom.
    ///
    /// @param user as the client calls itself
    /// @param password not empty
    /// @param host where the client comes from, in figures; empty for a Unix socket
    record Claim(String user, String password, String host) {
        /// Names no password.
        @Override
        public String toString() {
            return user;
        }
    }

    /// Asks, without blocking.
    ///
    /// @param answer called once, on any thread; not at all if the wish was withdrawn early enough
    /// @return to be run by who does not want the answer any more
    Runnable ask(Claim claim, Consumer<Verdict> answer);
}
