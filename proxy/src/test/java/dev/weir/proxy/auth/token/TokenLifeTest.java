package dev.weir.proxy.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What passwords tell of their own end.
class TokenLifeTest {

    static String token(String claims) {
        return encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}") + "." + encoded(claims) + ".c2lnbmF0dXJl";
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"aud\":\"https://ossrdbms-aad.database.windows.net\",\"exp\":1700000000,\"iat\":1699996400}",
                "{\"exp\" : 1700000000}"
            })
    void aWebTokenTellsIt(String claims) {
        assertThat(TokenLife.end(new Secret(token(claims)))).isEqualTo(Instant.ofEpochSecond(1_700_000_000));
    }

    @Test
    void aSignedRequestTellsIt() {
        String rds = "orders.abc.eu-west-1.rds.amazonaws.com:5432/?Action=connect&DBUser=weir"
                + "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20231114T220820Z&X-Amz-SignedHeaders=host"
                + "&X-Amz-Expires=900&X-Amz-Credential=AKIA%2F20231114%2Feu-west-1%2Frds-db%2Faws4_request"
                + "&X-Amz-Signature=0123456789abcdef";
        assertThat(TokenLife.end(new Secret(rds))).isEqualTo(Instant.parse("2023-11-14T22:23:20Z"));
    }

    static Stream<String> others() {
        return Stream.of(
                "secret",
                "",
                "a.b.c",
                "one.two.three",
                "ya29.a0AfB_byC-opaque",
                token("{\"iat\":1}"),
                token("\"exp\":1700000000"),
                token("{\"exp\":17000000000000000000}"),
                "x?X-Amz-Date=20231399T220820Z&X-Amz-Expires=900",
                "x?X-Amz-Date=20231114T220820Z",
                "x".repeat(100_000));
    }

    @ParameterizedTest
    @MethodSource("others")
    void othersDoNot(String password) {
        assertThat(TokenLife.end(new Secret(password))).isNull();
    }
}
