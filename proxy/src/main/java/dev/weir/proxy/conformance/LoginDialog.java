package dev.weir.proxy.conformance;

import dev.weir.proxy.auth.ScramKeyCache;
import dev.weir.proxy.auth.ServerAuthentication;
import dev.weir.proxy.auth.ServerAuthentication.Outcome;
import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.wire.BackendMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;

/// Answers the questions of one login. For one thread.
final class LoginDialog {

    private static final int KEYS_KEPT = 8;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ScramKeyCache KEYS = new ScramKeyCache(KEYS_KEPT, RANDOM);

    private final ServerAuthentication authentication;

    LoginDialog(Target target) {
        String password = target.password();
        authentication = new ServerAuthentication(
                target.user(), password == null ? null : new StoredSecret.Plaintext(password), null, KEYS, RANDOM);
    }

    /// What to send back for an Authentication message; may be empty.
    ByteBuf answer(BackendMessage question) {
        ByteBuf out = Unpooled.buffer();
        Outcome outcome = authentication.onAuthenticationBlocking(Unpooled.wrappedBuffer(question.body()), out);
        if (outcome instanceof Outcome.Failure failure) {
            throw new CheckFailed(failure.reason());
        }
        return out;
    }
}
