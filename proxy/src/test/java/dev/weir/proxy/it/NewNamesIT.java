package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What is created in a schema that is searched first takes the place of its namesake, for statements known before as
/// well; and
/// settings that are changed by other ways than SET stay with their client.
@ExtendWith(LeakGuard.class)
class NewNamesIT {

    @Test
    void whoPreparesAfterwardsMeansTheNewTable() {
        try (WeirFixture weir = weir();
                RawClient before = weir.connect(Accounts.APP);
                RawClient after = weir.connect(Accounts.APP)) {
            before.run("CREATE SCHEMA first_of_names").run("CREATE TABLE named_twice AS SELECT 1 AS n");
            before.run("SET search_path = first_of_names, public");
            after.run("SET search_path = first_of_names, public");
            assertThat(count(before)).isEqualTo("1");

            before.run("CREATE TABLE first_of_names.named_twice (n int)");

            assertThat(count(after)).isEqualTo("0");
            before.run("DROP SCHEMA first_of_names CASCADE").run("DROP TABLE public.named_twice");
        }
    }

    @Test
    void settingsByOtherWaysReachNobodyElse() {
        try (WeirFixture weir = weir();
                RawClient client = weir.connect(Accounts.APP);
                RawClient other = weir.connect(Accounts.APP)) {
            String usual = other.value("SHOW work_mem");
            client.run("WITH x AS (SELECT 1) UPDATE pg_settings SET setting = '7777' WHERE name = 'work_mem'");
            assertThat(other.value("SHOW work_mem")).isEqualTo(usual);
            client.run("UPDATE pg_catalog.\"pg_settings\" SET setting = '7778' WHERE name = 'work_mem'");
            assertThat(other.value("SHOW work_mem")).isEqualTo(usual);
            client.run("SELECT query_to_xml('SELECT set_config(''work_mem'', ''7779'', false)', true, false, '')");
            assertThat(other.value("SHOW work_mem")).isEqualTo(usual);
            assertThat(client.value("SHOW work_mem")).isEqualTo("7779kB");
        }
    }

    @Test
    void nobodyGetsTheTimeAtWhichAnotherHasPrepared() {
        try (WeirFixture weir = weir();
                RawClient first = weir.connect(Accounts.APP);
                RawClient second = weir.connect(Accounts.APP)) {
            String early = now(first);
            first.run("SELECT pg_sleep(0.01)");
            assertThat(now(second)).isGreaterThan(early);
        }
    }

    private static String now(RawClient client) {
        return prepared(client, "now", "SELECT extract(epoch FROM 'now'::timestamptz(6))");
    }

    private static String count(RawClient client) {
        return prepared(client, "counted", "SELECT count(*) FROM named_twice");
    }

    private static String prepared(RawClient client, String name, String sql) {
        byte[] batch = Frontend.concat(
                Frontend.parse(name, sql), Frontend.bind("", name), Frontend.execute("", 0), Frontend.sync());
        return String.valueOf(
                client.send(batch).expect("12DCZ").get(2).columns().getFirst());
    }

    private static WeirFixture weir() {
        return WeirFixture.over(TestPostgres.shared())
                .set("default_pool_size", "1")
                .start();
    }
}
