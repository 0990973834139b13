package dev.weir.proxy.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.auth.ClientAuthentication.Outcome;
import dev.weir.proxy.auth.StoredSecret.Impossible;
import dev.weir.proxy.auth.StoredSecret.Md5;
import dev.weir.proxy.auth.StoredSecret.Plaintext;
import dev.weir.proxy.auth.StoredSecret.Scram;
import dev.weir.proxy.wire.BackendType;
import dev.weir.proxy.wire.FrontendType;
import dev.weir.proxy.wire.Messages;
import dev.weir.proxy.wire.PgError;
import dev.weir.proxy.wire.SqlState;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientAuthenticationTest {
    private static final String USER = "ann";
    private static final String PASSWORD = "pencil \u00e4";
    private static final Plaintext PLAINTEXT = new Plaintext(PASSWORD);
    private static final Md5 MD5 = new Md5(USER, Md5Password.hash(PASSWORD.getBytes(UTF_8), USER));
    private static final Scram SCRAM =
            ScramKeys.derive(PASSWORD.getBytes(UTF_8), new byte[16], 64).secret();

    private final SecureRandom random = new SecureRandom();
    private final AuthSettings settings = new AuthSettings(new ScramKeyCache(64, random), 128, false, random);
    private final AuthSettings pgBouncer = new AuthSettings(settings.keys(), 128, true, random);
    private final ByteBuf out = Unpooled.buffer();
    private final ByteBuf in = Unpooled.buffer();

    @AfterEach
    void release() {
        assertThat(out.release()).isTrue();
        assertThat(in.release()).isTrue();
    }

    static List<Arguments> combinations() {
        List<Arguments> all = new ArrayList<>();
        for (StoredSecret secret : List.of(PLAINTEXT, MD5, SCRAM)) {
            for (AuthMethod method : List.of(AuthMethod.PLAIN, AuthMethod.MD5, AuthMethod.SCRAM_SHA_256)) {
                all.add(Arguments.of(method, secret, !(method == AuthMethod.SCRAM_SHA_256 && secret.equals(MD5))));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0} with {1}: {2}")
    @MethodSource("combinations")
    void letsInWhoKnowsThePassword(AuthMethod method, StoredSecret secret, boolean possible) {
        try (Dialog dialog = new Dialog()) {
            Dialog.Verdict verdict =
                    dialog.run(new ClientAuthentication(method, USER, secret, settings), login(USER, PASSWORD));
            assertThat(verdict.asked()).isInstanceOf(possible ? Outcome.Success.class : Outcome.Failure.class);
            if (possible) {
                assertThat(verdict.asking()).isInstanceOf(ServerAuthentication.Outcome.Ok.class);
            }
        }
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("combinations")
    void keepsOutWhoDoesNot(AuthMethod method, StoredSecret secret) {
        for (String wrong : List.of("pencil", PASSWORD + " ", "x")) {
            assertThat(failure(method, USER, secret, settings, wrong).error()).isEqualTo(wrongPassword(USER));
        }
    }

    static List<Arguments> hopeless() {
        List<Arguments> all = new ArrayList<>();
        for (AuthMethod method : List.of(AuthMethod.PLAIN, AuthMethod.MD5, AuthMethod.SCRAM_SHA_256)) {
            all.add(Arguments.of(method, null));
            all.add(Arguments.of(method, new Impossible()));
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("hopeless")
    void asksUnknownUsersAsItAsksKnownOnesAndAnswersTheSame(AuthMethod method, @Nullable StoredSecret nobody) {
        for (AuthSettings mode : List.of(settings, pgBouncer)) {
            try (Dialog unknown = new Dialog();
                    Dialog known = new Dialog()) {
                Outcome toUnknown = unknown.run(
                                new ClientAuthentication(method, USER, nobody, mode), login(USER, "wrong"))
                        .asked();
                Outcome toKnown = known.run(
                                new ClientAuthentication(method, USER, PLAINTEXT, mode), login(USER, "wrong"))
                        .asked();
                assertThat(((Outcome.Failure) toUnknown).error()).isEqualTo(((Outcome.Failure) toKnown).error());
                assertThat(unknown.requests()).isEqualTo(known.requests());
            }
        }
    }

    @Test
    void showsUnknownUsersTheSaltTheyWouldHaveWithAPlaintextPassword() {
        String unknown = serverFirst(null);
        assertThat(unknown).isEqualTo(serverFirst(null)).isEqualTo(serverFirst(PLAINTEXT));
        assertThat(unknown).contains(",i=128").isNotEqualTo(serverFirst(SCRAM));
    }

    @Test
    void logsInWithoutADerivationWhoeverItIs() {
        prepare(Map.of("x", PLAINTEXT, "y", SCRAM, "z", MD5), Runnable::run);
        for (StoredSecret secret : secretsAndNone()) {
            assertThat(derivations(AuthMethod.SCRAM_SHA_256, "x", secret)).isZero();
            assertThat(derivations(AuthMethod.SCRAM_SHA_256, "x", secret)).isZero();
        }
    }

    @Test
    void everyLoginTakesADerivationWhileKeysAreDerivedAhead() {
        List<Runnable> later = new ArrayList<>();
        prepare(Map.of("x", PLAINTEXT, "y", SCRAM, "z", MD5), later::add);
        for (StoredSecret secret : secretsAndNone()) {
            assertThat(derivations(AuthMethod.SCRAM_SHA_256, "x", secret)).isOne();
            assertThat(derivations(AuthMethod.SCRAM_SHA_256, "x", secret)).isOne();
        }
        later.forEach(Runnable::run);
        assertThat(derivations(AuthMethod.SCRAM_SHA_256, "x", PLAINTEXT)).isZero();
        assertThat(derivations(AuthMethod.SCRAM_SHA_256, "x", null)).isZero();
    }

    @Test
    void aWrongPlainPasswordCostsTheSameWhateverItIsComparedWith() {
        prepare(Map.of("x", PLAINTEXT), Runnable::run);
        assertThat(derivations(AuthMethod.PLAIN, "x", null)).isZero();
        assertThat(derivations(AuthMethod.PLAIN, "x", PLAINTEXT)).isZero();
        prepare(Map.of("x", PLAINTEXT, "y", SCRAM), Runnable::run);
        for (StoredSecret secret : secretsAndNone()) {
            assertThat(derivations(AuthMethod.PLAIN, "x", secret)).isOne();
            assertThat(derivations(AuthMethod.PLAIN, "x", secret)).isOne();
        }
    }

    private static List<@Nullable StoredSecret> secretsAndNone() {
        return Arrays.asList(PLAINTEXT, SCRAM, MD5, new Impossible(), null);
    }

    private void prepare(Map<String, StoredSecret> users, Executor background) {
        settings.keys().prepare(users, false, true, settings.scramIterations(), background);
    }

    @Test
    void anyLoginWithTheSamePlaintextPasswordFindsTheKeysOfTheFirst() {
        prepare(Map.of(USER, PLAINTEXT), Runnable::run);
        try (Dialog dialog = new Dialog()) {
            dialog.run(
                    new ClientAuthentication(AuthMethod.SCRAM_SHA_256, USER, PLAINTEXT, settings),
                    login(USER, PASSWORD));
            assertThat(dialog.serverSideDerivations()).isZero();
            assertThat(dialog.clientSideDerivations())
                    .as("same salt, same cache")
                    .isZero();
        }
    }

    @Test
    void remembersARightPlainPasswordButNoWrongOne() {
        for (int expected : List.of(1, 0)) {
            try (Dialog dialog = new Dialog()) {
                dialog.run(new ClientAuthentication(AuthMethod.PLAIN, USER, SCRAM, settings), login(USER, PASSWORD));
                assertThat(dialog.serverSideDerivations()).isEqualTo(expected);
            }
        }
        assertThat(derivations(AuthMethod.PLAIN, USER, SCRAM)).isOne();
        assertThat(derivations(AuthMethod.PLAIN, USER, SCRAM)).isOne();
    }

    @Test
    void keysOfAClientOpenServersThatStoreTheSameSecret() {
        Outcome.Success success = success(AuthMethod.SCRAM_SHA_256, SCRAM);
        assertThat(success.password()).isNull();
        ScramKeys keys = success.keys();
        assertThat(keys).isEqualTo(ScramKeys.derive(PASSWORD.getBytes(UTF_8), SCRAM.salt(), SCRAM.iterations()));
        try (Dialog dialog = new Dialog()) {
            ServerAuthentication passThrough = new ServerAuthentication(USER, SCRAM, keys, settings.keys(), random);
            Dialog.Verdict verdict =
                    dialog.run(new ClientAuthentication(AuthMethod.SCRAM_SHA_256, USER, SCRAM, settings), passThrough);
            assertThat(verdict.asking()).isInstanceOf(ServerAuthentication.Outcome.Ok.class);
            assertThat(dialog.clientSideDerivations()).isZero();
        }
    }

    @Test
    void givesNoKeysOfSecretsMadeOnTheFlyAndThePasswordOnlyIfItCameInPlain() {
        assertThat(success(AuthMethod.SCRAM_SHA_256, PLAINTEXT)).isEqualTo(new Outcome.Success(null, null));
        assertThat(success(AuthMethod.MD5, PLAINTEXT)).isEqualTo(new Outcome.Success(null, null));
        assertThat(success(AuthMethod.PLAIN, MD5)).isEqualTo(new Outcome.Success(null, PASSWORD));
        assertThat(success(AuthMethod.PLAIN, SCRAM)).isEqualTo(new Outcome.Success(null, PASSWORD));
    }

    @Test
    void speaksPgBouncersWordsWhereAskedTo() {
        assertThat(failure(AuthMethod.MD5, USER, MD5, pgBouncer, "x").error())
                .isEqualTo(violation("password authentication failed"));
        assertThat(failure(AuthMethod.SCRAM_SHA_256, USER, SCRAM, pgBouncer, "x")
                        .error())
                .isEqualTo(violation("SASL authentication failed"));
        assertThat(failure(AuthMethod.SCRAM_SHA_256, USER, MD5, pgBouncer, PASSWORD)
                        .error())
                .isEqualTo(violation("SASL authentication failed"));
    }

    @Test
    void tellsTheLogWhatItDoesNotTellTheClient() {
        assertThat(failure(AuthMethod.MD5, USER, null, settings, "x").reason()).isEqualTo("no such user");
        assertThat(failure(AuthMethod.MD5, USER, MD5, settings, "x").reason()).isEqualTo("wrong password");
        assertThat(failure(AuthMethod.SCRAM_SHA_256, USER, MD5, settings, PASSWORD)
                        .reason())
                .contains("md5 secret");
    }

    @Test
    void trustsKnownUsersAndAnyTrustsAll() {
        assertThat(new ClientAuthentication(AuthMethod.TRUST, USER, new Impossible(), settings).start(out))
                .isInstanceOf(Outcome.Success.class);
        assertThat(new ClientAuthentication(AuthMethod.ANY, USER, null, settings).start(out))
                .isInstanceOf(Outcome.Success.class);
        assertThat(new ClientAuthentication(AuthMethod.TRUST, USER, null, pgBouncer).start(out))
                .isEqualTo(new Outcome.Failure(violation("\"trust\" authentication failed"), "no such user"));
        assertThat(new ClientAuthentication(AuthMethod.TRUST, USER, null, settings).start(out))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.error().message()).isEqualTo("role \"ann\" does not exist"));
        assertThat(out.isReadable()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = AuthMethod.class,
            names = {"PLAIN", "MD5"})
    void refusesAnEmptyPasswordWhoeverSendsIt(AuthMethod method) {
        for (StoredSecret secret : new StoredSecret[] {null, PLAINTEXT, MD5}) {
            assertThat(answer(method, secret, "\0"))
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure -> assertThat(failure.error().message())
                                    .isEqualTo("empty password returned by client"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "x\0y", "x\0\0"})
    void refusesPasswordMessagesThatAreNotOneString(String body) {
        for (AuthMethod method : List.of(AuthMethod.PLAIN, AuthMethod.MD5)) {
            assertThat(answer(method, PLAINTEXT, body))
                    .isInstanceOfSatisfying(
                            Outcome.Failure.class,
                            failure ->
                                    assertThat(failure.error()).isEqualTo(violation("invalid password packet size")));
        }
    }

    @Test
    void takesPasswordsThatAreNotUtf8AndLetsThemFail() {
        assertThat(answer(AuthMethod.PLAIN, PLAINTEXT, "\u00e4\0")).isInstanceOf(Outcome.Failure.class);
        Md5 latin1 = new Md5(USER, Md5Password.hash(new byte[] {(byte) 0xe4}, USER));
        assertThat(answer(AuthMethod.PLAIN, latin1, "\u00e4\0")).isEqualTo(new Outcome.Success(null, null));
    }

    @Test
    void boundsTheMessage() {
        String body = "x".repeat(ClientAuthentication.MAX_PASSWORD_BODY_BYTES) + "\0";
        assertThat(answer(AuthMethod.PLAIN, PLAINTEXT, body))
                .isInstanceOfSatisfying(
                        Outcome.Failure.class,
                        failure -> assertThat(failure.error()).isEqualTo(violation("password too long")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCRAM-SHA-256-PLUS\0\0\0\0\1x",
                "SCRAM-SHA-1\0\0\0\0\1x",
                "\0\0\0\0\1x",
                "SCRAM-SHA-256",
                "SCRAM-SHA-256\0",
                "SCRAM-SHA-256\0\0\0\0",
                "SCRAM-SHA-256\0\0\0\0\2x",
                "SCRAM-SHA-256\0\0\0\0\0x",
                "SCRAM-SHA-256\0\u00ff\u00ff\u00ff\u00ffx",
                "SCRAM-SHA-256\0\u00ff\u00ff\u00ff\u00fe",
                "SCRAM-SHA-256\0\u007f\u00ff\u00ff\u00ffx",
                "SCRAM-SHA-256\0\0\0\0\0"
            })
    void refusesOtherInitialResponses(String body) {
        assertThat(answer(AuthMethod.SCRAM_SHA_256, SCRAM, body)).isInstanceOf(Outcome.Failure.class);
    }

    @Test
    void asksForTheFirstMessageIfTheMechanismCameAlone() {
        ClientAuthentication login = new ClientAuthentication(AuthMethod.SCRAM_SHA_256, USER, SCRAM, settings);
        login.start(out);
        out.clear();
        assertThat(login.onPassword(body("SCRAM-SHA-256\0\u00ff\u00ff\u00ff\u00ff"), out))
                .isInstanceOf(Outcome.Continue.class);
        assertThat(Dialog.take(out, BackendType.AUTHENTICATION).readableBytes()).isEqualTo(4);
        assertThat(login.onPassword(body("n,,n=,r=abc"), out)).isInstanceOf(Outcome.Continue.class);
        assertThat(Dialog.take(out, BackendType.AUTHENTICATION)
                        .toString(ISO_8859_1)
                        .substring(4, 9))
                .isEqualTo("r=abc");
    }

    @Test
    void failsOnEveryTruncationOfEveryMessage() {
        ScramClient honest = new ScramClient("abc");
        Messages.saslInitialResponse(in, ScramServer.MECHANISM, honest.clientFirst());
        String initial = Dialog.take(in, FrontendType.PASSWORD).toString(ISO_8859_1);
        for (int length = 0; length < initial.length(); length++) {
            assertThat(answer(AuthMethod.SCRAM_SHA_256, SCRAM, initial.substring(0, length)))
                    .as("%d bytes", length)
                    .isInstanceOf(Outcome.Failure.class);
        }
        int finalLength = 200;
        for (int length = 0; length < finalLength; length++) {
            ClientAuthentication login = new ClientAuthentication(AuthMethod.SCRAM_SHA_256, USER, SCRAM, settings);
            login.start(out);
            out.clear();
            login.onPassword(body(initial), out);
            ScramClient client = new ScramClient("abc");
            ByteBuf challenge = Dialog.take(out, BackendType.AUTHENTICATION).skipBytes(4);
            client.onServerFirst(challenge.toString(ISO_8859_1).getBytes(ISO_8859_1));
            byte[] last = client.clientFinal(ScramKeys.derive(PASSWORD.getBytes(UTF_8), SCRAM.salt(), 64));
            finalLength = last.length;
            String message = new String(last, 0, length, ISO_8859_1);
            assertThat(login.onPassword(body(message), out)).as(message).isInstanceOf(Outcome.Failure.class);
        }
    }

    @Test
    void takesNothingOutOfTurn() {
        ClientAuthentication login = new ClientAuthentication(AuthMethod.SCRAM_SHA_256, "new", PLAINTEXT, settings);
        assertThatThrownBy(() -> login.onPassword(body("x"), out)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> login.resume(out)).isInstanceOf(IllegalStateException.class);
        login.start(out);
        out.clear();
        login.onPassword(body("SCRAM-SHA-256\0\0\0\0\13n,,n=,r=abc"), out);
        String nonce = Dialog.take(out, BackendType.AUTHENTICATION).toString(ISO_8859_1);
        nonce = nonce.substring(6, nonce.indexOf(",s="));
        String last = "c=biws,r=" + nonce + ",p=" + StrictBase64.encode(new byte[32]);
        assertThat(login.onPassword(body(last), out)).isInstanceOf(Outcome.Derive.class);
        assertThatThrownBy(() -> login.onPassword(body(last), out)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> login.resume(out))
                .as("the work has not been done")
                .isInstanceOf(IllegalStateException.class);
    }

    private Outcome answer(AuthMethod method, @Nullable StoredSecret secret, String body) {
        ClientAuthentication login = new ClientAuthentication(method, USER, secret, settings);
        login.start(out);
        out.clear();
        return login.onPassword(body(body), out);
    }

    private ByteBuf body(String body) {
        in.clear().writeCharSequence(body, ISO_8859_1);
        return in;
    }

    private String serverFirst(@Nullable StoredSecret secret) {
        answer(AuthMethod.SCRAM_SHA_256, secret, "SCRAM-SHA-256\0\0\0\0\13n,,n=,r=abc");
        String message = Dialog.take(out, BackendType.AUTHENTICATION).toString(ISO_8859_1);
        return message.substring(message.indexOf(",s="));
    }

    private int derivations(AuthMethod method, String user, @Nullable StoredSecret secret) {
        try (Dialog dialog = new Dialog()) {
            dialog.run(new ClientAuthentication(method, user, secret, settings), login(user, "wrong"));
            return dialog.serverSideDerivations();
        }
    }

    private Outcome.Success success(AuthMethod method, StoredSecret secret) {
        try (Dialog dialog = new Dialog()) {
            ClientAuthentication asked = new ClientAuthentication(method, USER, secret, settings);
            return (Outcome.Success) dialog.run(asked, login(USER, PASSWORD)).asked();
        }
    }

    private Outcome.Failure failure(
            AuthMethod method, String user, @Nullable StoredSecret secret, AuthSettings mode, String password) {
        try (Dialog dialog = new Dialog()) {
            ClientAuthentication asked = new ClientAuthentication(method, user, secret, mode);
            return (Outcome.Failure) dialog.run(asked, login(user, password)).asked();
        }
    }

    private ServerAuthentication login(String user, String password) {
        // Of the same cache only where the test is about that.
        ScramKeyCache cache = password.equals(PASSWORD) ? settings.keys() : new ScramKeyCache(1, random);
        return new ServerAuthentication(user, new Plaintext(password), null, cache, random);
    }

    private static PgError wrongPassword(String user) {
        return PgError.fatal(SqlState.INVALID_PASSWORD, "password authentication failed for user \"" + user + "\"");
    }

    private static PgError violation(String text) {
        return PgError.fatal(SqlState.PROTOCOL_VIOLATION, text);
    }
}
