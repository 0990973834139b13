package dev.weir.proxy.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.DatabaseConfig;
import dev.weir.config.ServerAddress;
import dev.weir.config.WeirConfig;
import dev.weir.proxy.testkit.ConfigText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What is made of a server's own words, for servers that nobody has at hand.
final class ServerCheckTest {

    private final Map<String, String> settings = new HashMap<>(Map.of(
            "server_version", "18.1",
            "server_version_num", "180001",
            "max_connections", "100",
            "superuser_reserved_connections", "3",
            "reserved_connections", "7"));
    private final Diagnosis diagnosis = new Diagnosis(_ -> {});
    private double clock = System.currentTimeMillis() / 1000.0;
    private boolean standby;
    private boolean superuser;
    private long roleLimit = -1;
    private long databaseLimit = -1;

    @Test
    void allIsWell() {
        examine("idle_transaction_timeout = 60");
        assertThat(diagnosis.worst()).as("%s", diagnosis.findings()).isEqualTo(Level.OK);
        assertThat(diagnosis.findings())
                .extracting(Finding::check)
                .containsExactly("version", "clock", "timeouts", "capacity");
    }

    @Test
    void reservedSlotsAreNotForPools() {
        examine("idle_transaction_timeout = 60\ndefault_pool_size = 91");
        Finding capacity = worst("capacity");
        assertThat(capacity.level()).isEqualTo(Level.FAIL);
        assertThat(capacity.message()).contains("may open 91 of 90 connections (max_connections 100, 10 reserved");
        assertThat(capacity.advice()).contains("app/app 81", "max_connections = 112");
    }

    @Test
    void aTightServerIsAWarning() {
        examine("idle_transaction_timeout = 60\ndefault_pool_size = 85");
        assertThat(worst("capacity").level()).isEqualTo(Level.WARN);
    }

    @Test
    void aVersionWithoutFixesIsAWarning() {
        settings.put("server_version", "12.22");
        settings.put("server_version_num", "120022");
        examine("idle_transaction_timeout = 60");
        assertThat(worst("version").message()).isEqualTo("PostgreSQL 12.22 has had no fixes since November 2024");
    }

    @Test
    void clocksThatDifferAreTold() {
        clock += 60;
        examine("idle_transaction_timeout = 60");
        assertThat(worst("clock").message()).startsWith("the clocks differ by 60.");
        assertThat(worst("clock").advice()).startsWith("NTP");
    }

    @Test
    void aStandbyIsTold() {
        standby = true;
        examine("idle_transaction_timeout = 60");
        assertThat(worst("role").message()).contains("standby");
    }

    @Test
    void limitsOfRoleAndDatabaseAreTold() {
        roleLimit = 5;
        databaseLimit = 10;
        examine("idle_transaction_timeout = 60");
        assertThat(all("capacity"))
                .extracting(Finding::advice)
                .contains(
                        "pool_size = 5 for it, or ALTER ROLE \"app\" CONNECTION LIMIT -1",
                        "max_db_connections = 10, or ALTER DATABASE … CONNECTION LIMIT -1");
    }

    @Test
    void aSuperusersPoolIsAWarning() {
        superuser = true;
        examine("idle_transaction_timeout = 60");
        assertThat(worst("role").level()).isEqualTo(Level.WARN);
    }

    @Test
    void nothingEndsAForgottenTransaction() {
        examine("");
        assertThat(worst("timeouts").advice()).isEqualTo("idle_transaction_timeout = 60");
        settings.put("idle_in_transaction_session_timeout", "60000");
    }

    @Test
    void timeoutsThatNeverComeAreTold() {
        settings.put("idle_session_timeout", "300000");
        settings.put("idle_in_transaction_session_timeout", "30000");
        settings.put("statement_timeout", "60000");
        settings.put("transaction_timeout", "90000");
        examine("idle_transaction_timeout = 60\nquery_timeout = 20\ntransaction_timeout = 60");
        assertThat(all("timeouts"))
                .extracting(Finding::message)
                .containsExactly(
                        "idle_session_timeout 300 s closes servers before server_idle_timeout 600 s does",
                        "idle_in_transaction_session_timeout 30 s ends the server before idle_transaction_timeout 60 s"
                                + " ends the client",
                        "PostgreSQL's statement_timeout 60 s never comes: query_timeout 20 s ends the client before",
                        "PostgreSQL's transaction_timeout 90 s never comes: transaction_timeout 60 s ends the client"
                                + " before");
    }

    private void examine(String own) {
        WeirConfig config = ConfigText.read(
                "[pgbouncer]\nauth_file = userlist.txt\n" + own + "\n[databases]\napp = host=db1 user=app\n",
                "\"app\" \"x\"\n");
        DatabaseConfig database = Objects.requireNonNull(config.findDatabase("app"));
        ServerCheck check = new ServerCheck(config, new ServerAddress.Tcp("db1", 5432), diagnosis);
        check.examine(
                database, "app", new Facts(settings, 12, clock, standby, superuser, roleLimit, databaseLimit, 1_000));
        check.conclude();
    }

    private List<Finding> all(String check) {
        return diagnosis.findings().stream()
                .filter(finding -> finding.check().equals(check))
                .toList();
    }

    private Finding worst(String check) {
        return all(check).stream().max((a, b) -> a.level().compareTo(b.level())).orElseThrow();
    }
}
