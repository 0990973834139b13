package dev.weir.proxy.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// LISTEN, NOTIFY and UNLISTEN.
final class NotifyChecks {

    private static final Duration QUIET = Duration.ofMillis(200);
    private static final int LISTENERS = 20;
    private static final int PAYLOADS = 30;

    private NotifyChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("notify", "LISTEN, NOTIFY, UNLISTEN")
                .check("from-other", "A listening client hears another's NOTIFY while idle", stage -> {
                    Session listener = listening(stage, "LISTEN weir_check");
                    Session sender = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        sender.run("NOTIFY weir_check, 'n%d'".formatted(i));
                        Expect.equal("notification", note("n" + i), listener.notification());
                    }
                })
                .check("from-self", "A client hears its own NOTIFY", stage -> {
                    Session client = listening(stage, "LISTEN weir_check");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run("NOTIFY weir_check, 'n%d'".formatted(i));
                        Expect.equal("notification", note("n" + i), client.notification());
                    }
                    Expect.equal("others", List.of(), client.notificationsWithin(QUIET));
                })
                .check("function", "pg_notify()", stage -> {
                    Session listener = listening(stage, "LISTEN weir_check");
                    stage.client().run("SELECT pg_notify('weir_check', 'by function')");
                    Expect.equal("notification", note("by function"), listener.notification());
                })
                .check("order", "Notifications come in the order of the commits", stage -> {
                    Session listener = listening(stage, "LISTEN weir_check");
                    Session a = stage.client();
                    Session b = stage.client();
                    for (int i = 0; i < PAYLOADS; i += 2) {
                        a.run("NOTIFY weir_check, '%d'".formatted(i));
                        b.run("NOTIFY weir_check, '%d'".formatted(i + 1));
                    }
                    for (int i = 0; i < PAYLOADS; i++) {
                        Expect.equal("notification", note(String.valueOf(i)), listener.notification());
                    }
                })
                .check("order-in-transaction", "Those of one transaction come in its order, each once", stage -> {
                    Session listener = listening(stage, "LISTEN weir_check");
                    stage.client()
                            .run("BEGIN; NOTIFY weir_check, 'x'; NOTIFY weir_check, 'y'; NOTIFY weir_check, 'x';"
                                    + " NOTIFY weir_check, 'z'; COMMIT");
                    Expect.equal(
                            "notifications",
                            List.of(note("x"), note("y"), note("z")),
                            List.of(listener.notification(), listener.notification(), listener.notification()));
                    Expect.equal("others", List.of(), listener.notificationsWithin(QUIET));
                })
                .check("not-before-commit", "Nothing is heard before the sender commits", stage -> {
                    Session listener = listening(stage, "LISTEN weir_check");
                    Session sender = stage.client();
                    sender.run("BEGIN; NOTIFY weir_check, 'late'");
                    Expect.equal("before COMMIT", List.of(), listener.notificationsWithin(QUIET));
                    sender.run("COMMIT");
                    Expect.equal("notification", note("late"), listener.notification());
                })
                .check("rolled-back-notify", "A rolled-back NOTIFY is not heard", stage -> {
                    Session listener = listening(stage, "LISTEN weir_check");
                    Session sender = stage.client();
                    sender.run("BEGIN; NOTIFY weir_check, 'never'");
                    sender.run("ROLLBACK");
                    sender.run("NOTIFY weir_check, 'after'");
                    Expect.equal("notification", note("after"), listener.notification());
                })
                .check("rolled-back-listen", "A rolled-back LISTEN does not listen", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN; LISTEN weir_check");
                    client.run("ROLLBACK");
                    stage.client().run("NOTIFY weir_check, 'x'");
                    Expect.equal("notifications", List.of(), client.notificationsWithin(QUIET));
                })
                .check("listen-in-transaction", "LISTEN in a transaction listens from its commit on", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run("LISTEN weir_check");
                    client.run("COMMIT");
                    stage.client().run("NOTIFY weir_check, 'x'");
                    Expect.equal("notification", note("x"), client.notification());
                })
                .check("in-transaction", "A client in a transaction hears at its end", stage -> {
                    Session listener = listening(stage, "LISTEN weir_check");
                    listener.run("BEGIN");
                    stage.client().run("NOTIFY weir_check, 'x'");
                    Expect.equal("within the transaction", List.of(), listener.notificationsWithin(QUIET));
                    listener.run("COMMIT");
                    Expect.equal("notification", note("x"), listener.notification());
                })
                .check("unlisten", "UNLISTEN ends one channel", stage -> {
                    Session client = listening(stage, "LISTEN weir_check; LISTEN weir_check_2");
                    client.run("UNLISTEN weir_check");
                    Session sender = stage.client();
                    sender.run("NOTIFY weir_check, 'x'");
                    sender.run("NOTIFY weir_check_2, 'y'");
                    Expect.equal("notification", new Notification("weir_check_2", "y"), client.notification());
                    Expect.equal("others", List.of(), client.notificationsWithin(QUIET));
                })
                .check("unlisten-all", "UNLISTEN * ends all of the client's and no others", stage -> {
                    Session a = listening(stage, "LISTEN weir_check; LISTEN weir_check_2");
                    Session b = listening(stage, "LISTEN weir_check");
                    a.run("UNLISTEN *");
                    stage.client().run("NOTIFY weir_check, 'x'; NOTIFY weir_check_2, 'y'");
                    Expect.equal("notification of the other client", note("x"), b.notification());
                    Expect.equal("notifications", List.of(), a.notificationsWithin(QUIET));
                })
                .check("discard-all", "DISCARD ALL ends listening", stage -> {
                    Session client = listening(stage, "LISTEN weir_check");
                    client.run("DISCARD ALL");
                    stage.client().run("NOTIFY weir_check, 'x'");
                    Expect.equal("notifications", List.of(), client.notificationsWithin(QUIET));
                })
                .check("no-stray", "Who does not listen hears nothing", NotifyChecks::noStray)
                .check("many-clients", "%d listening clients all hear".formatted(LISTENERS), NotifyChecks::manyClients)
                .check("channels", "pg_listening_channels() tells the client's own", stage -> {
                    Session client = listening(stage, "LISTEN weir_check");
                    Session other = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "channels", List.of("weir_check"), client.values("SELECT pg_listening_channels()"));
                        Expect.equal(
                                "channels of another client",
                                List.of(),
                                other.values("SELECT pg_listening_channels()"));
                    }
                })
                .check("quoted", "Channel names fold as identifiers do", stage -> {
                    Session client = listening(stage, "LISTEN Weir_Check; LISTEN \"Weir_Check\"");
                    stage.client().run("NOTIFY WEIR_CHECK, 'folded'");
                    Expect.equal("notification", note("folded"), client.notification());
                    stage.client().run("NOTIFY \"Weir_Check\", 'quoted'");
                    Expect.equal("notification", new Notification("Weir_Check", "quoted"), client.notification());
                })
                .check("extended", "LISTEN by the extended protocol", stage -> {
                    Session client = stage.client();
                    client.extended("LISTEN weir_check");
                    stage.client().extended("SELECT pg_notify($1, $2)", "weir_check", "x");
                    Expect.equal("notification", note("x"), client.notification());
                })
                .build();
    }

    private static Notification note(String payload) {
        return new Notification("weir_check", payload);
    }

    private static Session listening(Stage stage, String sql) {
        Session client = stage.client();
        client.run(sql);
        return client;
    }

    private static void noStray(Stage stage) {
        Session listener = listening(stage, "LISTEN weir_check");
        Session deaf = stage.client();
        Session elsewhere = listening(stage, "LISTEN weir_check_2");
        Session sender = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            sender.run("NOTIFY weir_check, 'x'");
            deaf.run("SELECT 1");
            elsewhere.run("SELECT 1");
            listener.notification();
        }
        Expect.equal("of the client that does not listen", List.of(), deaf.notificationsWithin(QUIET));
        Expect.equal("of the client that listens elsewhere", List.of(), elsewhere.notificationsWithin(QUIET));
        Expect.equal("of the sender", List.of(), sender.notificationsWithin(QUIET));
    }

    private static void manyClients(Stage stage) {
        List<Session> listeners = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            listeners.add(listening(stage, "LISTEN weir_check"));
        }
        Session sender = stage.client();
        sender.run("NOTIFY weir_check, 'one'");
        sender.run("NOTIFY weir_check, 'two'");
        for (Session listener : listeners) {
            Expect.equal("first notification", note("one"), listener.notification());
            Expect.equal("second notification", note("two"), listener.notification());
        }
        listeners.getFirst().close();
        sender.run("NOTIFY weir_check, 'three'");
        for (Session listener : listeners.subList(1, LISTENERS)) {
            Expect.equal("third notification", note("three"), listener.notification());
        }
    }
}
