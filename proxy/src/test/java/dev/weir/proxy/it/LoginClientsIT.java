package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LdapDirectory;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.PamServices;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// psql and pgjdbc log in by every way that asks for a password.
@ExtendWith(LeakGuard.class)
class LoginClientsIT {
    private static LdapDirectory directory;
    private static PamServices pam;

    @BeforeAll
    static void start() {
        directory = LdapDirectory.start().person("cn=app", "app", "app-secret");
        pam = new PamServices();
    }

    @AfterAll
    static void stop() {
        directory.close();
        pam.close();
    }

    /// A way in.
    enum Way {
        PASSWORD_RULE,
        MD5_RULE,
        SCRAM_RULE,
        LDAP_RULE,
        LDAP,
        PAM,
        AUTH_QUERY_SCRAM,
        AUTH_QUERY_PLAIN;

        private WeirFixture.Setup setup() {
            WeirFixture.Setup setup = WeirFixture.over(TestPostgres.shared());
            String ldap = "ldapurl=\"ldap://localhost:" + directory.port() + "/ou=people,dc=example,dc=org?uid\"";
            return switch (this) {
                case PASSWORD_RULE -> setup.hba("host all all all password");
                case MD5_RULE -> setup.hba("host all all all md5");
                case SCRAM_RULE -> setup.hba("host all all all scram-sha-256");
                case LDAP_RULE -> setup.withoutSecret("app").hba("host all all all ldap " + ldap);
                case LDAP -> setup.withoutSecret("app").set("auth_type", "ldap").set("auth_ldap_options", ldap);
                case PAM ->
                    setup.withoutSecret("app")
                            .set("auth_type", "pam")
                            .set("auth_pam_service", pam.taking("app", "app-secret"));
                case AUTH_QUERY_SCRAM -> setup.withoutSecret("app").set("auth_user", "postgres");
                case AUTH_QUERY_PLAIN ->
                    setup.withoutSecret("app").set("auth_user", "postgres").set("auth_type", "plain");
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void psqlAndPgjdbcGetIn(Way way) throws Exception {
        try (WeirFixture weir = way.setup().start()) {
            assertThat(CommandLine.run(weir, "", "psql", "-XAtwc", "SELECT current_user")
                            .good())
                    .isEqualTo("app\n");
            assertThat(CommandLine.run(weir, "", "psql", "-XAtwc", "SELECT 1", "password=wrong")
                            .output())
                    .contains("authentication failed for user \"app\"");
            String url = "jdbc:postgresql://127.0.0.1:" + weir.port() + "/app?user=app&password=";
            try (Connection connection = DriverManager.getConnection(url + Accounts.APP.password());
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT current_user")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("app");
            }
            Assertions.assertThatThrownBy(() -> DriverManager.getConnection(url + "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("authentication failed for user \"app\"");
        }
    }
}
