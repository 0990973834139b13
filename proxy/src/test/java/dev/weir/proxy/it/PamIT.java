package dev.weir.proxy.it;

import static dev.weir.proxy.it.Logins.assertIn;
import static dev.weir.proxy.it.Logins.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.PamServices;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `auth_type = pam`: the operating system takes the password, and PostgreSQL gets the same one.
@ExtendWith(LeakGuard.class)
class PamIT {
    private final PamServices services = new PamServices();

    @AfterEach
    void close() {
        services.close();
    }

    private WeirFixture.Setup setup() {
        return WeirFixture.over(TestPostgres.shared())
                .set("auth_type", "pam")
                .set("auth_pam_service", services.taking("app", "app-secret"))
                .withoutSecret("app");
    }

    @Test
    void thePasswordIsKeptForTheServer() {
        try (WeirFixture weir = setup().start()) {
            assertIn(weir, Accounts.APP);
            assertIn(weir, Accounts.APP.to(Accounts.OTHER_DATABASE));
        }
    }

    @Test
    void aWrongPasswordAndAnUnknownUserHearTheSame() {
        try (WeirFixture weir = setup().start()) {
            String wrong = refused(weir, Accounts.APP.password("wrong")).toString();
            assertThat(wrong)
                    .contains("PAM authentication failed for user \"app\"")
                    .contains("28000");
            Login stranger = new Login("nobody_knows", "x", Accounts.DATABASE);
            assertThat(refused(weir, stranger).toString().replace("nobody_knows", "app"))
                    .isEqualTo(wrong);
            assertThat(refused(weir, Accounts.APP.password("")).text()).isEqualTo("empty password returned by client");
        }
        try (WeirFixture weir = setup().set("compatibility", "pgbouncer").start()) {
            assertThat(refused(weir, Accounts.APP.password("wrong")).text()).isEqualTo("PAM authentication failed");
        }
    }

    @Test
    void itDoesNotGoTogetherWithAuthUser() {
        try (WeirFixture weir = setup().set("auth_user", "postgres").start()) {
            assertThat(refused(weir, Accounts.APP).text()).isEqualTo("bouncer config error");
        }
    }

    @Test
    void manyAtOnceAllGetTheirAnswer() throws Exception {
        try (WeirFixture weir = setup().start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> logins = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                boolean right = i % 2 == 0;
                logins.add(threads.submit(() -> {
                    if (right) {
                        assertIn(weir, Accounts.APP);
                    } else {
                        refused(weir, Accounts.APP.password("wrong"));
                    }
                }));
            }
            for (Future<?> login : logins) {
                login.get();
            }
        }
    }
}
