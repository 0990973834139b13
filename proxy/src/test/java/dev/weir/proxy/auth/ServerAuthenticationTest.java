package dev.weir.proxy.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.ChannelBinding;
import dev.weir.proxy.auth.ServerAuthentication.Outcome;
import dev.weir.proxy.auth.StoredSecret.Impossible;
import dev.weir.proxy.auth.StoredSecret.Md5;
import dev.weir.proxy.auth.StoredSecret.Plaintext;
import dev.weir.proxy.wire.AuthenticationCode;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerAuthenticationTest {
    private static final String USER = "ann";
    private static final Plaintext PASSWORD = new Plaintext("pencil");
    private static final byte[] SALT = {1, 2, 3, 4};
    private static final ScramKeys KEYS = ScramKeys.derive("pencil".getBytes(UTF_8), SALT, 16);
    private static final Outcome WRONG_TYPE = new Outcome.Failure("server login failed: wrong password type");

    private final SecureRandom random = new SecureRandom();
    private final ScramKeyCache cache = new ScramKeyCache(8, random);
    private final ByteBuf in = Unpooled.buffer();
    private final ByteBuf out = Unpooled.buffer();

    @AfterEach
    void release() {
        assertThat(in.release()).isTrue();
        assertThat(out.release()).isTrue();
    }

    @Test
    void sendsThePasswordInPlainOnlyIfItIsKnown() {
        assertThat(ask(login(PASSWORD, null), Messages::authenticationCleartextPassword))
                .isInstanceOf(Outcome.Continue.class);
        assertThat(answer()).isEqualTo("pencil\0");
        for (ServerAuthentication unable : List.of(
                login(null, null), login(new Impossible(), null), login(KEYS.secret(), KEYS), login(md5(), null))) {
            assertThat(ask(unable, Messages::authenticationCleartextPassword)).isEqualTo(WRONG_TYPE);
        }
        assertThat(out.isReadable()).isFalse();
    }

    @Test
    void answersMd5WithThePasswordOrItsHash() {
        String expected = Md5Password.response(md5().hash(), SALT) + "\0";
        for (StoredSecret able : List.of(PASSWORD, md5())) {
            assertThat(ask(login(able, null), to -> Messages.authenticationMd5Password(to, SALT)))
                    .isInstanceOf(Outcome.Continue.class);
            assertThat(answer()).isEqualTo(expected);
        }
        for (ServerAuthentication unable : List.of(login(null, null), login(KEYS.secret(), KEYS))) {
            assertThat(ask(unable, to -> Messages.authenticationMd5Password(to, SALT)))
                    .isEqualTo(WRONG_TYPE);
        }
    }

    @Test
    void picksScramFromTheListAndNothingElse() {
        assertThat(ask(login(PASSWORD, null), sasl("OAUTHBEARER", "SCRAM-SHA-256")))
                .isInstanceOf(Outcome.Continue.class);
        assertThat(answer()).startsWith("SCRAM-SHA-256\0").contains("n,,n=,r=");
        assertThat(ask(login(PASSWORD, null), sasl("OAUTHBEARER"))).isEqualTo(WRONG_TYPE);
        assertThat(ask(login(PASSWORD, null), sasl())).isEqualTo(WRONG_TYPE);
        for (ServerAuthentication unable : List.of(login(null, null), login(md5(), null), login(KEYS.secret(), null))) {
            assertThat(ask(unable, sasl("SCRAM-SHA-256"))).isEqualTo(WRONG_TYPE);
        }
    }

    @Test
    void bindsTheLoginWhereTheServerOffersIt() {
        ServerAuthentication bound = encrypted(ChannelBinding.PREFER);
        assertThat(ask(bound, sasl("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"))).isInstanceOf(Outcome.Continue.class);
        assertThat(answer()).startsWith("SCRAM-SHA-256-PLUS\0").contains("p=tls-server-end-point,,n=,r=");
    }

    @Test
    void tellsTheServerThatItCouldHaveBound() {
        assertThat(ask(encrypted(ChannelBinding.PREFER), sasl("SCRAM-SHA-256"))).isInstanceOf(Outcome.Continue.class);
        assertThat(answer()).startsWith("SCRAM-SHA-256\0").contains("y,,n=,r=");
    }

    @Test
    void staysUnboundOverACertificateWithoutAHash() {
        ServerAuthentication unbindable = login(PASSWORD, null);
        unbindable.onEncrypted(null, ChannelBinding.PREFER);
        assertThat(ask(unbindable, sasl("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"))).isInstanceOf(Outcome.Continue.class);
        assertThat(answer()).startsWith("SCRAM-SHA-256\0").contains("n,,n=,r=");
    }

    @Test
    void refusesAnOfferToBindWhatIsNotEncrypted() {
        Outcome outcome = ask(login(PASSWORD, null), sasl("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"));
        assertThat(outcome).isInstanceOf(Outcome.Failure.class);
        assertThat(outcome.toString()).contains("over a connection without TLS");
    }

    @Test
    void logsInByNothingElseWhereBindingIsRequired() {
        for (Consumer<ByteBuf> request : List.<Consumer<ByteBuf>>of(
                sasl("SCRAM-SHA-256"),
                Messages::authenticationOk,
                Messages::authenticationCleartextPassword,
                to -> Messages.authenticationMd5Password(to, SALT))) {
            Outcome outcome = ask(encrypted(ChannelBinding.REQUIRE), request);
            assertThat(outcome).isInstanceOf(Outcome.Failure.class);
            assertThat(outcome.toString()).contains("does not bind the login");
        }
    }

    private ServerAuthentication encrypted(ChannelBinding wanted) {
        ServerAuthentication login = login(PASSWORD, null);
        login.onEncrypted(new byte[32], wanted);
        return login;
    }

    @Test
    void isLoggedInWhenTheServerSaysSoWithoutAsking() {
        assertThat(ask(login(null, null), Messages::authenticationOk)).isInstanceOf(Outcome.Ok.class);
    }

    @Test
    void derivesOnceForAllConnections() {
        ServerAuthentication first = login(PASSWORD, null);
        Outcome derive = challenge(first, ",s=AQIDBA==,i=16");
        assertThat(derive).isInstanceOf(Outcome.Derive.class);
        assertThatThrownBy(() -> ask(first, Messages::authenticationOk)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> first.resume(out)).isInstanceOf(IllegalStateException.class);
        ((Outcome.Derive) derive).work().run();
        assertThat(first.resume(out)).isInstanceOf(Outcome.Continue.class);
        assertThat(answer()).startsWith("c=biws,r=").contains(",p=");
        assertThat(challenge(login(PASSWORD, null), ",s=AQIDBA==,i=16")).isInstanceOf(Outcome.Continue.class);
    }

    @Test
    void whetherKeysOfAClientFitIsForTheServerToSay() {
        assertThat(challenge(login(KEYS.secret(), KEYS), ",s=AQIDBA==,i=16")).isInstanceOf(Outcome.Continue.class);
        assertThat(challenge(login(KEYS.secret(), KEYS), ",s=AQIDBA==,i=17")).isInstanceOf(Outcome.Continue.class);
        assertThat(challenge(login(KEYS.secret(), KEYS), ",s=AQIDBQ==,i=16")).isInstanceOf(Outcome.Continue.class);
        assertThat(challenge(login(null, KEYS), ",s=AQIDBA==,i=16")).isInstanceOf(Outcome.Continue.class);
    }

    @Test
    void believesNoServerThatSkipsItsOwnProof() {
        ServerAuthentication begun = login(PASSWORD, null);
        ask(begun, sasl("SCRAM-SHA-256"));
        assertThat(ask(begun, Messages::authenticationOk)).isInstanceOf(Outcome.Failure.class);
        ServerAuthentication unproved = login(KEYS.secret(), KEYS);
        challenge(unproved, ",s=AQIDBA==,i=16");
        assertThat(ask(unproved, Messages::authenticationOk)).isInstanceOf(Outcome.Failure.class);
        ServerAuthentication wrong = login(KEYS.secret(), KEYS);
        challenge(wrong, ",s=AQIDBA==,i=16");
        byte[] signature = ("v=" + StrictBase64.encode(new byte[32])).getBytes(UTF_8);
        assertThat(ask(wrong, to -> Messages.authenticationSaslFinal(to, signature)))
                .isInstanceOf(Outcome.Failure.class);
    }

    @Test
    void revealsNoPasswordToAServerThatChangesItsMindMidway() {
        ServerAuthentication begun = login(PASSWORD, null);
        ask(begun, sasl("SCRAM-SHA-256"));
        out.clear();
        assertThat(ask(begun, Messages::authenticationCleartextPassword)).isEqualTo(WRONG_TYPE);
        assertThat(ask(begun, to -> Messages.authenticationMd5Password(to, SALT)))
                .isEqualTo(WRONG_TYPE);
        assertThat(ask(begun, sasl("SCRAM-SHA-256"))).isEqualTo(WRONG_TYPE);
        assertThat(out.isReadable()).isFalse();
    }

    @Test
    void refusesMessagesOutOfTurn() {
        assertThat(ask(login(PASSWORD, null), to -> Messages.authenticationSaslContinue(to, new byte[0])))
                .isInstanceOf(Outcome.Failure.class);
        assertThat(ask(login(PASSWORD, null), to -> Messages.authenticationSaslFinal(to, new byte[0])))
                .isInstanceOf(Outcome.Failure.class);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                AuthenticationCode.GSS,
                AuthenticationCode.SSPI,
                AuthenticationCode.KERBEROS_V5,
                AuthenticationCode.GSS_CONTINUE,
                13,
                -1
            })
    void cannotDoAnythingElse(int code) {
        in.clear().writeInt(code);
        assertThat(login(PASSWORD, null).onAuthentication(in, out)).isEqualTo(WRONG_TYPE);
    }

    @Test
    void failsOnTruncatedRequests() {
        for (Consumer<ByteBuf> request : List.<Consumer<ByteBuf>>of(
                Messages::authenticationOk,
                to -> Messages.authenticationMd5Password(to, SALT),
                sasl("SCRAM-SHA-256"))) {
            in.clear();
            request.accept(in);
            int whole = in.writerIndex();
            for (int end = 5; end < whole; end++) {
                in.setIndex(5, end);
                assertThat(login(PASSWORD, null).onAuthentication(in, out))
                        .as("%d of %d bytes", end, whole)
                        .isInstanceOf(Outcome.Failure.class);
            }
        }
        assertThat(challenge(login(PASSWORD, null), "")).isInstanceOf(Outcome.Failure.class);
        assertThat(challenge(login(PASSWORD, null), ",s=AQIDBA==,i=999999999")).isInstanceOf(Outcome.Failure.class);
    }

    private Outcome challenge(ServerAuthentication login, String saltAndIterations) {
        out.clear();
        ask(login, sasl("SCRAM-SHA-256"));
        String first = answer();
        String challenge = first.substring(first.indexOf("r=")) + "srv" + saltAndIterations;
        return ask(login, to -> Messages.authenticationSaslContinue(to, challenge.getBytes(UTF_8)));
    }

    private Outcome ask(ServerAuthentication login, Consumer<ByteBuf> request) {
        in.clear();
        request.accept(in);
        in.skipBytes(5);
        return login.onAuthentication(in, out);
    }

    private String answer() {
        return Dialog.take(out, FrontendType.PASSWORD).toString(ISO_8859_1);
    }

    private static Consumer<ByteBuf> sasl(String... mechanisms) {
        return to -> Messages.authenticationSasl(to, List.of(mechanisms));
    }

    private static Md5 md5() {
        return new Md5(USER, Md5Password.hash("pencil".getBytes(UTF_8), USER));
    }

    private ServerAuthentication login(@Nullable StoredSecret secret, @Nullable ScramKeys keys) {
        return new ServerAuthentication(USER, secret, keys, cache, random);
    }
}
