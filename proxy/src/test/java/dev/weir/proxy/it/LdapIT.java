package dev.weir.proxy.it;

import static dev.weir.proxy.it.Logins.assertIn;
import static dev.weir.proxy.it.Logins.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LdapDirectory;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `auth_type = ldap` and rules with the method `ldap`: an LDAP server takes the password, and PostgreSQL gets the same
/// one.
@ExtendWith(LeakGuard.class)
class LdapIT {
    private static final String PEOPLE = "ou=people,dc=example,dc=org";
    private static final Login STRANGER = new Login("nobody_knows", "app-secret", Accounts.DATABASE);

    private static LdapDirectory directory;

    @BeforeAll
    static void start() {
        directory = LdapDirectory.start()
                .person("cn=app", "app", "app-secret")
                .person("cn=other", "other", "other-secret")
                .person("cn=twin one", "twin", "x")
                .person("cn=twin two", "twin", "x");
    }

    @AfterAll
    static void stop() {
        directory.close();
    }

    private static WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared()).withoutSecret("app").withoutSecret("other");
    }

    private static WeirFixture.Setup with(String options) {
        return setup().set("auth_type", "ldap").set("auth_ldap_options", options);
    }

    private static String direct(String server) {
        return server + " ldapprefix=\"cn=\" ldapsuffix=\"," + PEOPLE + "\"";
    }

    private static String plain() {
        return "ldapserver=localhost ldapport=" + directory.port();
    }

    private static String searching(String more) {
        return plain() + " ldapbasedn=\"" + PEOPLE + "\" " + more;
    }

    private static void assertDecides(WeirFixture weir) {
        assertIn(weir, Accounts.APP);
        assertIn(weir, Accounts.OTHER);
        String wrong = refused(weir, Accounts.APP.password("wrong")).toString();
        assertThat(wrong)
                .contains("LDAP authentication failed for user \"app\"")
                .contains("28000");
        assertThat(refused(weir, STRANGER).toString().replace(STRANGER.user(), "app"))
                .isEqualTo(wrong);
        assertThat(refused(weir, Accounts.APP.password("")).text()).isEqualTo("empty password returned by client");
    }

    @Test
    void bindsAsTheUser() {
        try (WeirFixture weir = with(direct(plain())).start()) {
            assertDecides(weir);
        }
    }

    @Test
    void searchesAsSomebodyElseAndBindsThen() {
        try (WeirFixture weir = with(searching("ldapsearchattribute=uid ldapbinddn=\"" + LdapDirectory.SEARCHER
                        + "\" ldapbindpasswd=search-secret"))
                .start()) {
            assertDecides(weir);
            assertThat(refused(weir, new Login("twin", "x", "app")).text())
                    .isEqualTo("LDAP authentication failed for user \"twin\"");
        }
    }

    @Test
    void searchesByAFilterThatStrangersCannotChange() {
        try (WeirFixture weir = with(searching("ldapsearchfilter=\"(&(objectClass=inetOrgPerson)(cn=$username))\""))
                .start()) {
            assertDecides(weir);
            for (String name : new String[] {"*", "a*", "app)(uid=*", "app\\2a", "app)", "(app"}) {
                refused(weir, new Login(name, "app-secret", "app"));
            }
        }
    }

    @Test
    void namesThatStrangersChooseStayNames() {
        try (WeirFixture weir = with(direct(plain())).start()) {
            for (String name : new String[] {"app," + PEOPLE, "app+uid=app", "app\\", "#app", "app;", "\"app\""}) {
                assertThat(refused(weir, new Login(name, "app-secret", "app")).sqlState())
                        .isEqualTo("28000");
            }
        }
    }

    @Test
    void speaksTlsFromTheStart() {
        String options = direct("ldapscheme=ldaps ldapserver=localhost ldapport=" + directory.tlsPort());
        try (WeirFixture weir = with(options)
                .set("auth_ldap_ca_file", directory.authority().toString())
                .start()) {
            assertDecides(weir);
        }
        try (WeirFixture weir = with(options).start()) {
            assertThat(refused(weir, Accounts.APP).text())
                    .as("an authority that nobody knows")
                    .contains("LDAP authentication failed");
        }
    }

    @Test
    void changesToTlsOnAnOpenConnection() {
        try (WeirFixture weir = with(direct(plain() + " ldaptls=1"))
                .set("auth_ldap_ca_file", directory.authority().toString())
                .start()) {
            assertDecides(weir);
        }
        try (WeirFixture weir = with(direct(plain() + " ldaptls=1")).start()) {
            assertThat(refused(weir, Accounts.APP).text()).contains("LDAP authentication failed");
        }
    }

    @Test
    void takesAUrl() {
        String url = "ldap://localhost:" + directory.port() + "/" + PEOPLE + "?uid?sub";
        try (WeirFixture weir = with("ldapurl=\"" + url + "\"").start()) {
            assertDecides(weir);
        }
    }

    @Test
    void triesOneServerAfterTheOther() {
        try (WeirFixture weir = with("ldapserver=\"no-such-host.invalid localhost\" ldapport=" + directory.port()
                        + " ldapprefix=\"cn=\" ldapsuffix=\"," + PEOPLE + "\"")
                .start()) {
            assertDecides(weir);
        }
    }

    @Test
    void aServerThatCannotBeReachedLetsNobodyIn() throws IOException {
        try (WeirFixture weir = with(direct("ldapserver=localhost ldapport=" + portOfNobody()))
                .set("compatibility", "pgbouncer")
                .start()) {
            assertThat(refused(weir, Accounts.APP).text()).isEqualTo("LDAP authentication failed");
        }
    }

    private static int portOfNobody() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return closed.getLocalPort();
        }
    }

    @Test
    void aRuleCanAskForIt() {
        try (WeirFixture weir = setup().hba(
                        "host pgbouncer all all scram-sha-256",
                        "host app app all ldap " + direct(plain()),
                        "host all all all reject")
                .start()) {
            assertIn(weir, Accounts.APP);
            assertThat(refused(weir, Accounts.APP.password("wrong")).text())
                    .isEqualTo("LDAP authentication failed for user \"app\"");
            assertThat(refused(weir, Accounts.OTHER).text()).contains("pg_hba.conf rejects connection");
        }
    }

    @Test
    void itDoesNotGoTogetherWithAuthUser() {
        try (WeirFixture weir =
                with(direct(plain())).set("auth_user", "postgres").start()) {
            assertThat(refused(weir, Accounts.APP).text()).isEqualTo("bouncer config error");
        }
    }
}
