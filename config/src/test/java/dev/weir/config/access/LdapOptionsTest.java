package dev.weir.config.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Secret;
import dev.weir.config.check.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// LDAP options as they stand behind `ldap` in a rule, and in `auth_ldap_options`.
class LdapOptionsTest {
    @Test
    void readsOptionsForADirectBind() throws BadOption {
        LdapOptions options = LdapOptions.parse(
                "ldapserver=\"one two\" ldapport=1389 ldaptls=1 ldapprefix=\"cn=\" ldapsuffix=\", dc=example\"");
        assertThat(options.servers()).containsExactly("one", "two");
        assertThat(options.port()).isEqualTo(1389);
        assertThat(options.startTls()).isTrue();
        assertThat(options.tlsFromStart()).isFalse();
        assertThat(options.prefix()).isEqualTo("cn=");
        assertThat(options.suffix()).isEqualTo(", dc=example");
        assertThat(options.searches()).isFalse();
    }

    @Test
    void readsOptionsForASearch() throws BadOption {
        LdapOptions options = LdapOptions.parse("ldapscheme=ldaps ldapserver=x ldapbasedn=dc=example,dc=org"
                + " ldapbinddn=\"cn=search, dc=org\" ldapbindpasswd=geheim ldapsearchfilter=\"(uid=$username)\"");
        assertThat(options.tlsFromStart()).isTrue();
        assertThat(options.baseDn()).isEqualTo("dc=example,dc=org");
        assertThat(options.bindDn()).isEqualTo("cn=search, dc=org");
        assertThat(options.bindPassword()).isEqualTo(new Secret("geheim"));
        assertThat(options.searchFilter()).isEqualTo("(uid=$username)");
        assertThat(options.searches()).isTrue();
        assertThat(options.toString()).doesNotContain("geheim").contains("ldapbindpasswd=***");
    }

    @Test
    void readsAUrl() throws BadOption {
        LdapOptions options = LdapOptions.parse("ldapurl=ldaps://ldap.example.org:1636/dc=a%20b??one?(cn=$username)");
        assertThat(options.servers()).containsExactly("ldap.example.org");
        assertThat(options.port()).isEqualTo(1636);
        assertThat(options.tlsFromStart()).isTrue();
        assertThat(options.baseDn()).isEqualTo("dc=a b");
        assertThat(options.searchFilter()).isEqualTo("(cn=$username)");
        assertThat(options.scope()).isEqualTo(LdapOptions.Scope.ONE_LEVEL);
        assertThat(LdapOptions.parse("ldapurl=ldap://x/o=y?mail,uid?sub").searchAttribute())
                .isEqualTo("mail");
    }

    @Test
    void whatIsShownMeansTheSame() throws BadOption {
        LdapOptions options = LdapOptions.parse("ldapserver=\"a b\" ldapport=7 ldapbasedn=\"o=x, c=y\""
                + " ldapsearchfilter=\"(&(a=\"\"b\"\")(c=$username))\"");
        assertThat(LdapOptions.parse(options.toString())).isEqualTo(options);
        assertThat(LdapOptions.parse("")).isEqualTo(LdapOptions.NONE);
        assertThat(LdapOptions.NONE.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ldapprefix=cn=                                 | ldapserver or ldapurl is missing",
                "ldapserver=x                                   | ldapbasedn, or ldapprefix or ldapsuffix, is missing",
                "ldapserver=x ldapprefix=a ldapbasedn=b         | do not go together",
                "ldapserver=x ldapsuffix=a ldapbindpasswd=b     | do not go together",
                "ldapserver=x ldapbasedn=b ldapsearchfilter=c ldapsearchattribute=d | do not go together",
                "ldapserver=x ldapserver=y ldapprefix=a         | ldapserver is given twice",
                "ldapserver=x ldapport=0 ldapprefix=a           | ldapport is to be",
                "ldapserver=x ldapport=70000 ldapprefix=a       | ldapport is to be",
                "ldapserver=x ldapscheme=http ldapprefix=a      | ldapscheme is to be",
                "ldapserver=x ldaptls=yes ldapprefix=a          | ldaptls is to be",
                "ldapserver=x ldaptls=1 ldapscheme=ldaps ldapprefix=a | does not go together with ldaps",
                "ldapserver=x ldapwhat=1                        | unknown option ldapwhat",
                "ldapserver                                     | expected name=value",
                "ldapurl=http://x/y                             | ldapurl is to begin with",
                "ldapurl=ldap://x:99999/y                       | a port that is none",
                "ldapurl=ldap://x/y?a?deep                      | the scope base, one or sub",
                "ldapurl=ldap://x/%zz                           | two hexadecimal digits",
                "ldapurl=ldap://x/y?a?sub?f?ext                 | extensions",
                "ldapurl=ldap:///y                              | ldapserver or ldapurl is missing"
            })
    void refusesWhatMakesNoSense(String line, String message) {
        assertThatThrownBy(() -> LdapOptions.parse(line))
                .isInstanceOf(BadOption.class)
                .hasMessageContaining(message);
    }

    @Test
    void noProblemShowsThePasswordAmongThem(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("weir.ini"), """
            [pgbouncer]
            auth_type = hba
            auth_hba_file = hba.conf
            auth_ldap_options = ldapserver=x ldapbasedn=y ldapbindpasswd=geheim ldapnope=1
            """);
        Files.writeString(directory.resolve("hba.conf"), """
            local all all ldap ldapserver=x ldapbasedn=y ldapbindpasswd=geheim ldapport=no
            local all all md5 ldapbindpasswd=geheim
            """);
        assertThat(ConfigLoader.load(file, Map.of()).problems())
                .hasSize(5)
                .noneMatch(problem -> problem.toString().contains("geheim"));
    }
}
