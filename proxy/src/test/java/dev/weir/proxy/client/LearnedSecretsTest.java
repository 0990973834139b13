package dev.weir.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.auth.StoredSecret;
import dev.weir.proxy.pool.PoolKey;
import dev.weir.proxy.server.ServerCredentials;
import org.junit.jupiter.api.Test;

/// What logins bring to light is used for the right pool and no other.
class LearnedSecretsTest {
    private static final StoredSecret MD5 = new StoredSecret.Md5("app", "0".repeat(32));
    private static final PoolKey POOL = new PoolKey("db", "app");

    private final LearnedSecrets learned = new LearnedSecrets();

    @Test
    void aPasswordThatCameInPlainTakesThePlaceOfItsVerifier() {
        learned.learn("db", new ClientIdentity("app", MD5, false, null, "secret"));
        assertThat(learned.credentials(POOL, MD5).secret()).isEqualTo(new StoredSecret.Plaintext("secret"));
        assertThat(learned.credentials(new PoolKey("other", "app"), MD5).secret())
                .isEqualTo(new StoredSecret.Plaintext("secret"));
    }

    @Test
    void itIsForgottenWithTheVerifier() {
        learned.learn("db", new ClientIdentity("app", MD5, false, null, "secret"));
        StoredSecret next = new StoredSecret.Md5("app", "1".repeat(32));
        assertThat(learned.credentials(POOL, next).secret()).isEqualTo(next);
    }

    @Test
    void aPasswordThatLooksLikeAHashIsAPasswordNevertheless() {
        String odd = "md5" + "0".repeat(32);
        learned.learn("db", new ClientIdentity("app", null, true, null, odd));
        assertThat(learned.credentials(POOL, null).secret()).isEqualTo(new StoredSecret.Plaintext(odd));
    }

    @Test
    void whatPostgresSaidOfAUserHoldsForThatDatabase() {
        learned.learn("db", new ClientIdentity("app", MD5, true, null, null));
        assertThat(learned.credentials(POOL, null).secret()).isEqualTo(MD5);
        assertThat(learned.credentials(new PoolKey("other", "app"), null)).isEqualTo(ServerCredentials.NONE);
        assertThat(learned.credentials(new PoolKey("db", "boss"), null)).isEqualTo(ServerCredentials.NONE);
    }

    @Test
    void aLoginWithoutProofTakesNothingAway() {
        learned.learn("db", new ClientIdentity("app", MD5, true, null, "secret"));
        learned.learn("db", new ClientIdentity("app", MD5, true, null, null));
        assertThat(learned.credentials(POOL, null).secret()).isEqualTo(new StoredSecret.Plaintext("secret"));
    }

    @Test
    void aUserWhomNobodyAskedAboutIsNotKnown() {
        learned.learn("db", new ClientIdentity("app", null, true, null, null));
        assertThat(learned.credentials(POOL, null)).isEqualTo(ServerCredentials.NONE);
    }
}
