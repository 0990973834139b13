package dev.weir.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.LeakGuard;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import dev.weir.proxy.testkit.TestPostgres;
import dev.weir.proxy.testkit.WeirFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random pipelines of several clients that share one or two servers, while tables are changed past the pooler: each
/// answer is, message for message, that of a server of the client's own. The pipelines are the same in each build;
/// `-Dfuzz.seed` has others made up.
@ExtendWith(LeakGuard.class)
final class PipelineTruthIT {
    private static final int CLIENTS = 3;
    private static final int STEPS = 60;
    private static final Pattern PREPARE = Pattern.compile("PREPARE (\\w+) AS ([^;]*)");

    private long seed;
    private Random random = new Random();
    private RandomPipelines pipelines = new RandomPipelines(random);
    private final TestPostgres postgres = TestPostgres.shared();
    private final List<RawClient> pooled = new ArrayList<>();
    private final List<RawClient> direct = new ArrayList<>();
    private int columns;

    @ParameterizedTest
    @CsvSource({
        "1, 57999700739417",
        "1, 58053461063596",
        "2, 57999700739417",
        "2, 58181494763045",
        "2, 55438642978294",
    })
    void answersAreThoseOfAServerOfItsOwn(int servers, long usualSeed) {
        seed = Long.getLong("fuzz.seed", usualSeed);
        random = new Random(seed);
        pipelines = new RandomPipelines(random);
        try (WeirFixture weir = WeirFixture.over(postgres)
                        .set("default_pool_size", Integer.toString(servers))
                        .set("max_prepared_statements", "3")
                        .set("workers", "1")
                        .start();
                RawClient migrator = RawClient.connect(postgres.tcp(), Accounts.APP)) {
            for (String schema : List.of("truth_a", "truth_b")) {
                migrator.run("DROP SCHEMA IF EXISTS " + schema + " CASCADE").run("CREATE SCHEMA " + schema);
                migrator.run("CREATE TABLE " + schema + ".t AS SELECT '" + schema + "' AS s");
            }
            for (int i = 0; i < CLIENTS; i++) {
                pooled.add(weir.connect(Accounts.APP.with("search_path", "truth_a")));
                direct.add(RawClient.connect(postgres.tcp(), Accounts.APP.with("search_path", "truth_a")));
            }
            RawClient holder = weir.connect(Accounts.APP.with("application_name", "holder"));
            pooled.add(holder);
            for (int step = 0; step < STEPS; step++) {
                if (servers > 1) {
                    holder.run(random.nextBoolean() ? "ROLLBACK" : "BEGIN"); // another server for the others
                } else if (random.nextInt(6) == 0) {
                    migrate(migrator);
                    useAll(step);
                }
                compare(step, random.nextInt(CLIENTS), pipelines.next());
            }
        } finally {
            pooled.forEach(RawClient::hangUp);
            direct.forEach(RawClient::hangUp);
        }
    }

    /// Changes the tables past the pooler. Where nobody heals it, the statements are prepared anew by hand.
    private void migrate(RawClient migrator) {
        columns++;
        for (String schema : List.of("truth_a", "truth_b")) {
            migrator.run("ALTER TABLE " + schema + ".t ADD COLUMN c" + columns + " int DEFAULT " + columns);
        }
        pooled.forEach(client -> client.run("SELECT 1")); // the unnamed statements end here
        direct.forEach(client -> client.run("SELECT 1"));
        for (RawClient client : direct) {
            List<List<String>> statements =
                    client.rows("SELECT name, statement, from_sql FROM pg_prepared_statements ORDER BY name");
            for (List<String> statement : statements) {
                String name = statement.getFirst();
                client.run("DEALLOCATE " + name);
                if (statement.getLast().equals("t")) {
                    client.run("PREPARE " + name + " AS " + definition(name, statement.get(1)));
                } else {
                    client.send(Frontend.parse(name, statement.get(1)), Frontend.sync())
                            .expect("1Z");
                }
            }
        }
    }

    /// PostgreSQL keeps the whole query that the statement was a part of.
    private static String definition(String name, String query) {
        Matcher matcher = PREPARE.matcher(query);
        String found = "";
        while (matcher.find()) {
            found = matcher.group(1).equals(name) ? matcher.group(2) : found;
        }
        return found;
    }

    /// Each first use of an outdated statement, with nothing behind it, goes unnoticed. Of those that nobody has open
    /// just now the pooler must be told: it would believe the next who prepares one to have it as it was.
    private void useAll(int step) {
        for (int client = 0; client < CLIENTS; client++) {
            for (RandomPipelines.Pipeline use : pipelines.uses()) {
                compare(step, client, use);
            }
        }
        pooled.getLast().run("CREATE SCHEMA IF NOT EXISTS truth_a");
    }

    private void compare(int step, int client, RandomPipelines.Pipeline pipeline) {
        String what = "-Dfuzz.seed=" + seed + " step " + step + " client " + client + ": " + pipeline.words();
        List<String> expected = answers(direct.get(client), pipeline, what);
        assertThat(answers(pooled.get(client), pipeline, what)).as(what).isEqualTo(expected);
    }

    private static List<String> answers(RawClient client, RandomPipelines.Pipeline pipeline, String what) {
        List<String> answers = new ArrayList<>();
        try {
            client.send(pipeline.bytes());
            for (int ready = 0; ready < pipeline.ends(); ) {
                Message message = client.read();
                ready += message.type() == 'Z' ? 1 : 0;
                if (message.type() != 'S' && message.type() != 'N') {
                    answers.add(told(message));
                }
            }
            return answers;
        } catch (AssertionError e) {
            throw new AssertionError(what + ": " + answers, e);
        }
    }

    private static String told(Message message) {
        return switch (message.type()) {
            case 'E' ->
                "E " + message.sqlState() + " " + message.fields().get('M') + " at "
                        + message.fields().get('P');
            case 'T' -> "T " + RandomPipelines.columns(message.body());
            case 'Z' -> "Z " + message.transactionStatus();
            default -> String.valueOf(message);
        };
    }
}
