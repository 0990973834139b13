package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Login;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients that share one or two servers change their settings in random orders; beside each of
/// them a session of PostgreSQL's own does the same, and both must always see the same.
@ExtendWith(LeakGuard.class)
final class SettingsOracleIT {

    private static final int STEPS = 200;
    private static final int CLIENTS = 3;

    private static final List<String> WATCHED = List.of(
            "work_mem",
            "search_path",
            "timezone",
            "datestyle",
            "statement_timeout",
            "app.x",
            "role",
            "geqo",
            "lock_timeout");

    private static final List<String> LOGINS =
            List.of("", "", "-c work_mem=3333kB", "-c app.x=started -c geqo=off", "-c statement_timeout=9s");

    private static final List<String> TEXTS = List.of(
            "SET work_mem = '%dkB'",
            "SET work_mem = '4MB'",
            "SET SESSION work_mem TO '%dkB'",
            "SET LOCAL work_mem = '%dkB'",
            "RESET work_mem",
            "SET work_mem = DEFAULT",
            "SET search_path = s%d, public",
            "RESET search_path",
            "SET TIME ZONE 'Asia/Tokyo'",
            "SET TIME ZONE LOCAL",
            "SET LOCAL TIME ZONE 'Europe/Paris'",
            "SET DateStyle = 'German'",
            "SET statement_timeout = '%ds'",
            "SET statement_timeout = 0",
            "RESET statement_timeout",
            "SET lock_timeout = %d",
            "SET app.x = 'v%d'",
            "SET LOCAL app.x = 'l%d'",
            "RESET app.x",
            "SET geqo = off",
            "RESET geqo",
            "RESET ALL",
            "DISCARD ALL",
            "SET ROLE acts",
            "SET LOCAL ROLE acts",
            "RESET ROLE",
            "SET ROLE NONE",
            "SET ROLE no_such_role",
            "SET work_mem = 'much'",
            "SELECT set_config('work_mem', '%dkB', false)",
            "SELECT set_config('work_mem', '%dkB', true)",
            "SELECT set_config('app.x', 'c%d', false), set_config('geqo', 'off', false)",
            "UPDATE pg_settings SET setting = '%d' WHERE name = 'work_mem'",
            "DO $$ BEGIN PERFORM set_config('app.x', 'd%d', false); END $$",
            "DO $$ BEGIN SET work_mem = '%dkB'; RAISE EXCEPTION 'no'; END $$",
            "SELECT oracle_sets('%dkB')",
            "SET work_mem = '%dkB'; SET app.x = 'm%d'; SELECT 1/0",
            "SET work_mem = '%dkB'; SELECT 1",
            "BEGIN; SET app.x = 'b%d'; COMMIT",
            "BEGIN; SET app.x = 'r%d'; ROLLBACK",
            "SELECT 1/0",
            "SELECT 1");

    private static final List<String> OF_TRANSACTIONS = List.of(
            "BEGIN", "BEGIN", "BEGIN", "COMMIT", "COMMIT", "ROLLBACK", "SAVEPOINT p", "ROLLBACK TO p", "RELEASE p");

    private final TestPostgres postgres = TestPostgres.shared(18);

    @BeforeEach
    void define() {
        run(
                "CREATE ROLE acts",
                "GRANT acts TO other",
                "CREATE FUNCTION oracle_sets(v text) RETURNS void LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM set_config('work_mem', v, false); END $$");
    }

    @AfterEach
    void drop() {
        run("DROP FUNCTION oracle_sets(text)", "DROP ROLE acts");
    }

    private void run(String... sql) {
        try (RawClient admin = postgres.superuser(Accounts.DATABASE)) {
            List.of(sql).forEach(admin::run);
        }
    }

    /// A client, and what it would have for itself alone.
    private final class Pair implements AutoCloseable {
        private final WeirFixture weir;
        private RawClient client;
        private RawClient oracle;
        private boolean plain = true;
        private final List<String> history = new ArrayList<>();

        Pair(WeirFixture weir) {
            this.weir = weir;
            this.client = weir.connect(Accounts.OTHER);
            this.oracle = RawClient.connect(postgres.tcp(), Accounts.OTHER);
        }

        boolean isInTransaction() {
            return oracle.transactionStatus() != 'I';
        }

        void restart(Random random) {
            String options = LOGINS.get(random.nextInt(LOGINS.size()));
            plain = options.isEmpty();
            history.clear();
            history.add("login " + options);
            Login login = options.isEmpty() ? Accounts.OTHER : Accounts.OTHER.with("options", options);
            if (random.nextBoolean()) {
                client.vanish();
            } else {
                client.close();
            }
            oracle.close();
            client = weir.connect(login);
            oracle = RawClient.connect(postgres.tcp(), login);
        }

        void step(Random random) {
            boolean batch = random.nextInt(4) == 0;
            List<String> texts = new ArrayList<>();
            for (int i = batch ? random.nextInt(1, 4) : 1; i > 0; i--) {
                texts.add(text(random));
            }
            history.add((batch ? "batch " : "") + texts);
            String expected = outcome(oracle, texts, batch);
            assertThat(outcome(client, texts, batch)).as(history.toString()).isEqualTo(expected);
            // what RESET brings back of a startup packet comes with the end of the transaction
            boolean looks = plain ? oracle.transactionStatus() != 'E' : !isInTransaction();
            if (looks) {
                assertThat(settings(client)).as(history.toString()).isEqualTo(settings(oracle));
            }
        }

        private String text(Random random) {
            boolean ofTransactions = random.nextInt(3) == 0;
            List<String> from = ofTransactions ? OF_TRANSACTIONS : TEXTS;
            return from.get(random.nextInt(from.size())).replace("%d", String.valueOf(random.nextInt(1000, 9000)));
        }

        @Override
        public void close() {
            client.close();
            oracle.close();
        }
    }

    private static String outcome(RawClient client, List<String> texts, boolean batch) {
        List<Message> answer;
        if (batch && texts.stream().noneMatch(text -> text.contains(";") && !text.startsWith("DO"))) {
            for (String text : texts) {
                client.send(Frontend.unnamed(text));
            }
            client.send(Frontend.sync());
            answer = client.readUntilReady();
        } else {
            answer = client.query(String.join("; ", texts));
        }
        return answer.stream()
                .filter(message -> message.type() == 'C' || message.type() == 'E' || message.type() == 'Z')
                .map(message -> message.type() == 'E' ? message.sqlState() : message.toString())
                .collect(Collectors.joining(" "));
    }

    private static String settings(RawClient client) {
        String columns = WATCHED.stream()
                .map(name -> "coalesce(current_setting('" + name + "', true), '')")
                .collect(Collectors.joining(", "));
        return client.rows("SELECT " + columns + ", current_user, session_user").toString();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "4, 2"})
    void everyClientSeesWhatItWouldSeeAlone(long seed, int poolSize) {
        Random random = new Random(seed);
        try (WeirFixture weir = WeirFixture.over(postgres)
                        .set("default_pool_size", String.valueOf(poolSize))
                        .set("workers", "1")
                        .start();
                Pair one = new Pair(weir);
                Pair another = new Pair(weir);
                Pair third = new Pair(weir)) {
            List<Pair> pairs = List.of(one, another, third);
            assertThat(pairs).hasSize(CLIENTS);
            for (int i = 0; i < STEPS; i++) {
                List<Pair> served = pairs.stream().filter(Pair::isInTransaction).toList();
                List<Pair> able = served.size() < poolSize ? pairs : served;
                Pair next = able.get(random.nextInt(able.size()));
                if (random.nextInt(20) == 0) {
                    next.restart(random);
                } else {
                    next.step(random);
                }
            }
        }
    }
}
