package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.Shown;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What operators see of the process as a whole.
@ExtendWith(LeakGuard.class)
final class OperationsIT {

    @Test
    void theConsolesOwnDatabaseIsOnThePortThatWasFound() {
        try (WeirFixture weir = WeirFixture.over(TestPostgres.shared()).start();
                RawClient console = weir.console()) {
            assertThat(Shown.rows(console, "SHOW DATABASES"))
                    .filteredOn(row -> "pgbouncer".equals(row.get("name")))
                    .singleElement()
                    .satisfies(row -> assertThat(row).containsEntry("port", String.valueOf(weir.port())));
        }
    }
}
