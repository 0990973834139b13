package dev.weir.proxy.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.proxy.auth.StoredSecret.Impossible;
import dev.weir.proxy.auth.StoredSecret.Md5;
import dev.weir.proxy.auth.StoredSecret.Plaintext;
import dev.weir.proxy.auth.StoredSecret.Scram;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StoredSecretTest {
    // "pencil" with the salt of RFC 7677
    private static final String SCRAM = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
            + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
    private static final String MD5 = "md5dff8d3c3a11d8c9fd2ddb2a5b2ca7c07";

    @Test
    void recognisesTheForms() {
        assertThat(StoredSecret.parse("u", MD5)).isEqualTo(new Md5("u", MD5.substring(3)));
        assertThat(StoredSecret.parse("u", "secret")).isEqualTo(new Plaintext("secret"));
        Scram scram = (Scram) StoredSecret.parse("u", SCRAM);
        assertThat(scram.iterations()).isEqualTo(4096);
        assertThat(scram.text()).isEqualTo(SCRAM);
        assertThat(scram)
                .isEqualTo(ScramKeys.derive("pencil".getBytes(UTF_8), scram.salt(), 4096)
                        .secret())
                .isEqualTo(StoredSecret.parse("other", SCRAM))
                .hasSameHashCodeAs(StoredSecret.parse("other", SCRAM))
                .isNotEqualTo(StoredSecret.parse("u", SCRAM.replace("$4096", "$4097")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"md", "md5x", "md5DFF8D3C3A11D8C9FD2DDB2A5B2CA7C07", "md5dff8d3c3a11d8c9fd2ddb2a5b2ca7c070", " "
            })
    void takesOtherTextsForPasswords(String text) {
        assertThat(StoredSecret.parse("u", text)).isEqualTo(new Plaintext(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "md5",
                "a\0b",
                "SCRAM-SHA-256$",
                "SCRAM-SHA-256$4096:YQ==$x:y",
                "SCRAM-SHA-256$0:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
                        + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$-1:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
                        + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
                        + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4q==:"
                        + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
                "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
            })
    void letsNoPasswordFitWhatIsEmptyOrBroken(String text) {
        assertThat(StoredSecret.parse("u", text)).isEqualTo(new Impossible());
    }

    @Test
    void refusesPasswordsThatCannotBeSent() {
        assertThatThrownBy(() -> new Plaintext("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Plaintext("a\0")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tellsNothingInItsText() {
        Scram scram = (Scram) StoredSecret.parse("u", SCRAM);
        String key = Base64.getEncoder().encodeToString(scram.storedKey());
        assertThat(scram.toString()).doesNotContain(key);
        assertThat(new Plaintext("secret").toString()).doesNotContain("secret");
        assertThat(StoredSecret.parse("u", MD5).toString()).doesNotContain(MD5.substring(3));
        assertThat(new ClientAuthentication.Outcome.Success(null, "secret").toString())
                .doesNotContain("secret");
    }

    @Test
    void hashesLikePostgres() {
        // md5('pencil' || 'user'), and that with a salt
        String hash = Md5Password.hash("pencil".getBytes(UTF_8), "user");
        assertThat(hash).isEqualTo("20c46e3762c864548e296b33c3406aa9");
        assertThat(Md5Password.response(hash, new byte[] {1, 2, 3, 4}))
                .isEqualTo("md54376eb6913b38f9aaff38dc7cf19ca76");
    }
}
