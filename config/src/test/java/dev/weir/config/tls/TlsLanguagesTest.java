package dev.weir.config.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The little languages of versions, ciphers and curves.
class TlsLanguagesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        secure               | TLS_1_2 TLS_1_3
        default              | TLS_1_2 TLS_1_3
        all                  | TLS_1_0 TLS_1_1 TLS_1_2 TLS_1_3
        legacy               | TLS_1_0 TLS_1_1 TLS_1_2 TLS_1_3
        tlsv1.2              | TLS_1_2
        TLSv1.1, tlsv1.3     | TLS_1_1 TLS_1_3
        tlsv1.1:tlsv1.2      | TLS_1_1 TLS_1_2
        all,!tlsv1.0         | TLS_1_1 TLS_1_2 TLS_1_3
        all,-tlsv1.0,-tlsv1.1| TLS_1_2 TLS_1_3
        !tlsv1.3             | TLS_1_0 TLS_1_1 TLS_1_2
        secure,!tlsv1.2      | TLS_1_3
        """)
    void readsVersions(String list, String versions) {
        assertThat(TlsVersion.parse(list)).extracting(Enum::name).containsExactly(versions.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tlsv2", "sslv3", "secure,", "secure,!secure", "tlsv1.2 tlsv1.3"})
    void refusesOtherVersions(String list) {
        assertThatThrownBy(() -> TlsVersion.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<String> ciphers(String list) {
        return CipherList.parse(list).stream().map(CipherSuite::openSslName).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"default", "secure", "normal", "fast", "DEFAULT", "ALL", "HIGH", "HIGH:!aNULL:!MD5:@STRENGTH"})
    void wordsForAllMeanAll(String list) {
        assertThat(ciphers(list)).hasSameSizeAs(CipherSuite.ALL);
    }

    @Test
    void addsInOrderTakesAwayAndBans() {
        assertThat(ciphers("ECDHE+AES256+AESGCM:AES128-SHA"))
                .containsExactly("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "AES128-SHA");
        assertThat(ciphers("kRSA:-AES256")).containsExactly("AES128-GCM-SHA256", "AES128-SHA256", "AES128-SHA");
        assertThat(ciphers("kRSA:-SHA:SHA")).contains("AES128-SHA");
        assertThat(ciphers("kRSA:!SHA:SHA+kRSA")).doesNotContain("AES128-SHA");
        assertThat(ciphers("AES128-SHA:AES256-SHA:+AES128")).containsExactly("AES256-SHA", "AES128-SHA");
        assertThat(ciphers("AES128-SHA:AES256-SHA:@STRENGTH")).containsExactly("AES256-SHA", "AES128-SHA");
        assertThat(ciphers("ECDHE-RSA-AES128-GCM-SHA256,TLS_RSA_WITH_AES_128_CBC_SHA"))
                .containsExactly("ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA");
        assertThat(ciphers("AES128-SHA:RC4:@SECLEVEL=1")).containsExactly("AES128-SHA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ROT13", "NULL", "RC4:3DES", "ALL:!ALL", "ECDHE+", "@STRENGTHS", "!", "AES128-SHA:!"})
    void refusesWhatNamesNoCipher(String list) {
        assertThatThrownBy(() -> CipherList.parse(list)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheSuitesOfTls13() {
        assertThat(CipherList.parseTls13("")).isEqualTo(CipherSuite.TLS_1_3);
        assertThat(CipherList.parseTls13("tls_aes_128_gcm_sha256:TLS_CHACHA20_POLY1305_SHA256"))
                .containsExactly("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256");
        assertThatThrownBy(() -> CipherList.parseTls13("AES128-SHA")).hasMessageContaining("AES128-SHA");
    }

    @Test
    void readsCurves() {
        assertThat(KeyExchangeGroup.parse("auto")).startsWith(KeyExchangeGroup.X25519);
        assertThat(KeyExchangeGroup.parse("none")).isEqualTo(KeyExchangeGroup.parse("auto"));
        assertThat(KeyExchangeGroup.parse("secp384r1:X25519:P-384"))
                .containsExactly(KeyExchangeGroup.P_384, KeyExchangeGroup.X25519);
        assertThatThrownBy(() -> KeyExchangeGroup.parse("round")).hasMessage("unknown curve 'round'");
    }

    @Test
    void suitesHaveTwoNames() {
        assertThat(CipherSuite.openSslName("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
                .isEqualTo("ECDHE-RSA-AES128-GCM-SHA256");
        assertThat(CipherSuite.openSslName("TLS_AES_128_GCM_SHA256")).isEqualTo("TLS_AES_128_GCM_SHA256");
        assertThat(CipherSuite.ALL).extracting(CipherSuite::name).doesNotHaveDuplicates();
    }
}
