package dev.weir.proxy.it;

import dev.weir.proxy.testkit.Accounts;
import dev.weir.proxy.testkit.Delivery;
import dev.weir.proxy.testkit.Endpoint;
import dev.weir.proxy.testkit.Frontend;
import dev.weir.proxy.testkit.Message;
import dev.weir.proxy.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/// A client that puts its own marker into everything it says and fails when it hears anything else. For one thread.
final class MarkedClient {
    private static final int ACTIONS_PER_SESSION = 12;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Endpoint endpoint;
    private final String name;
    private final Random random;
    private final boolean transactions;
    private int sessions;

    MarkedClient(Endpoint endpoint, String name, Random random, boolean transactions) {
        this.endpoint = endpoint;
        this.name = name;
        this.random = random;
        this.transactions = transactions;
    }

    /// Logs in, does a few random things, and leaves in a random way.
    ///
    /// @return how many things it did
    int session() {
        String marker = name + "-" + sessions++;
        RawClient client = RawClient.connect(endpoint, Accounts.APP.with("application_name", marker));
        client.deadline(DEADLINE);
        int actions = 1 + random.nextInt(ACTIONS_PER_SESSION);
        try {
            for (int i = 0; i < actions; i++) {
                if (random.nextInt(8) == 0) {
                    client.delivery(Delivery.random(random, 30));
                } else {
                    client.delivery(Delivery.whole());
                }
                act(client, marker + "-" + i, marker);
            }
            leave(client, marker);
        } catch (RuntimeException | Error e) {
            client.vanish();
            throw e;
        }
        return actions;
    }

    private void act(RawClient client, String marker, String session) {
        switch (random.nextInt(transactions ? 12 : 9)) {
            case 0 -> same(marker, client.value("SELECT '" + marker + "'"));
            case 1 -> same(session, client.value("SHOW application_name"));
            case 2 -> pipeline(client, marker);
            case 3 -> named(client, marker);
            case 4 -> failing(client, marker);
            case 5 -> cancelled(client, marker);
            case 6 -> notice(client, marker);
            case 7 -> copyOut(client, marker);
            case 8 -> many(client, marker);
            case 9 -> transaction(client, marker);
            case 10 -> failedTransaction(client, marker);
            case 11 -> copyIn(client, marker);
            default -> throw new IllegalStateException();
        }
        same("I", String.valueOf(client.transactionStatus()));
    }

    private void pipeline(RawClient client, String marker) {
        int count = 2 + random.nextInt(6);
        int broken = random.nextInt(count * 2);
        for (int i = 0; i < count; i++) {
            String sql = i == broken ? "SELECT '" + marker + "'::int" : "SELECT $1 || '" + i + "'";
            client.send(
                    Frontend.parse("", sql),
                    Frontend.bind("", "", i == broken ? new String[0] : new String[] {marker}));
            client.send(Frontend.execute("", 0));
            if (random.nextBoolean()) {
                client.send(Frontend.flush());
            }
            client.send(Frontend.sync());
        }
        for (int i = 0; i < count; i++) {
            List<Message> answer = client.readUntilReady();
            if (i == broken) {
                same("22P02", last(answer, 'E', marker).sqlState());
                contains(marker, last(answer, 'E', marker).text());
            } else {
                same(
                        marker + i,
                        String.valueOf(last(answer, 'D', marker).columns().getFirst()));
            }
        }
    }

    private void named(RawClient client, String marker) {
        String statement = "s" + random.nextInt(3);
        client.send(Frontend.closeStatement(statement), Frontend.parse(statement, "SELECT '" + marker + "', $1::int"));
        client.send(Frontend.sync());
        client.readUntilReady();
        for (int i = 0; i < 3; i++) {
            client.send(Frontend.bind("", statement, String.valueOf(i)), Frontend.execute("", 0), Frontend.sync());
            List<Message> answer = client.readUntilReady();
            same(
                    List.of(marker, String.valueOf(i)).toString(),
                    last(answer, 'D', marker).columns().toString());
        }
    }

    private static void failing(RawClient client, String marker) {
        Message error = client.error("SELECT '" + marker + "'::int");
        contains(marker, error.text());
    }

    private void cancelled(RawClient client, String marker) {
        client.send(Frontend.query("SELECT '" + marker + "', pg_sleep(" + random.nextInt(4) / 100.0 + ")"));
        if (random.nextBoolean()) {
            client.cancel();
        }
        List<Message> answer = client.readUntilReady();
        if (answer.stream().anyMatch(message -> message.type() == 'E')) {
            same("57014", last(answer, 'E', marker).sqlState());
        } else {
            same(marker, String.valueOf(last(answer, 'D', marker).columns().getFirst()));
        }
    }

    private static void notice(RawClient client, String marker) {
        List<Message> answer = client.query("DO $$ BEGIN RAISE NOTICE '" + marker + "'; END $$");
        same(marker, last(answer, 'N', marker).text());
    }

    private static void copyOut(RawClient client, String marker) {
        int rows = 0;
        for (Message message : client.query("COPY (SELECT '" + marker + "' FROM generate_series(1, 20)) TO STDOUT")) {
            if (message.type() == 'd') {
                same(marker + "\n", new String(message.body(), StandardCharsets.UTF_8));
                rows++;
            }
        }
        same("20", String.valueOf(rows));
    }

    private static void many(RawClient client, String marker) {
        List<List<String>> rows = List.copyOf(
                client.rows("SELECT '" + marker + "' || n || repeat('x', 500) FROM generate_series(1, 50) n"));
        for (int i = 0; i < rows.size(); i++) {
            same(marker + (i + 1) + "x".repeat(500), rows.get(i).getFirst());
        }
    }

    private static void transaction(RawClient client, String marker) {
        client.run("BEGIN");
        client.run("CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT '" + marker + "'::text AS t");
        same(marker, client.value("SELECT string_agg(t, ',') FROM mine"));
        client.run("SET LOCAL application_name = '" + marker + "'");
        same(marker, client.value("SHOW application_name"));
        same("T", String.valueOf(client.transactionStatus()));
        client.run("COMMIT");
    }

    private static void failedTransaction(RawClient client, String marker) {
        client.run("BEGIN");
        client.error("SELECT '" + marker + "'::int");
        same("E", String.valueOf(client.transactionStatus()));
        client.run("ROLLBACK");
    }

    private static void copyIn(RawClient client, String marker) {
        client.run("BEGIN; CREATE TEMP TABLE mine (t text) ON COMMIT DROP");
        client.send(Frontend.query("COPY mine FROM STDIN"));
        client.readUntil('G');
        client.send(Frontend.copyData(marker + "\n"), Frontend.copyDone());
        client.readUntilReady();
        same(marker, client.value("SELECT string_agg(t, ',') FROM mine"));
        client.run("COMMIT");
    }

    private void leave(RawClient client, String marker) {
        switch (random.nextInt(6)) {
            case 0 -> client.vanish();
            case 1 -> {
                client.send(Frontend.query("SELECT '" + marker + "', pg_sleep(0.02)"));
                client.vanish();
            }
            case 2 -> {
                client.send(Frontend.unnamed("SELECT '" + marker + "'"), Frontend.flush());
                client.hangUp();
            }
            case 3 -> {
                if (transactions) {
                    client.run("BEGIN");
                    client.send(Frontend.query("SELECT '" + marker + "' FROM generate_series(1, 1000)"));
                }
                client.hangUp();
            }
            default -> client.close();
        }
    }

    private static Message last(List<Message> answer, char type, String marker) {
        return answer.stream()
                .filter(message -> message.type() == type)
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError(marker + ": no " + type + " in " + answer));
    }

    private static void same(String expected, String actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected '" + expected + "', got '" + actual + "'");
        }
    }

    private static void contains(String expected, String actual) {
        if (!actual.contains(expected)) {
            throw new AssertionError("expected '" + expected + "' in '" + actual + "'");
        }
    }
}
