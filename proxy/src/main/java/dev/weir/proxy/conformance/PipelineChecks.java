package dev.weir.proxy.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Many messages at a time, long answers, cancel requests.
final class PipelineChecks {

    private static final int DEEP = 200;
    private static final int LARGE = 3 << 20;

    private PipelineChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("queries", "Queries and pipelines")
                .check("several-statements", "Several statements in one query string", stage -> {
                    Session client = stage.client();
                    Answer answer = client.run("SELECT 1; SELECT 2; SELECT 3");
                    Expect.equal("values", List.of("1", "2", "3"), answer.values());
                    Expect.equal("answer", "TDCTDCTDCZ", answer.types());
                })
                .check("empty", "An empty query", stage -> {
                    Session client = stage.client();
                    Expect.equal("answer", "IZ", client.query("").types());
                    Expect.equal("answer", "IZ", client.query(" -- nothing\n").types());
                })
                .check("deep", "%d queries ahead of their answers".formatted(DEEP), stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.start(deep("a"));
                    b.start(deep("b"));
                    Expect.equal("answers", expected("a"), a.finish().values());
                    Expect.equal(
                            "answers of another client",
                            expected("b"),
                            b.finish().values());
                })
                .check("error-in-pipeline", "An error skips to its Sync, what stands behind is done", stage -> {
                    Session client = stage.client();
                    Answer answer = client.send(new Pipeline()
                            .parse("", "SELECT 'first'")
                            .run("")
                            .sync()
                            .parse("", "SELECT 1/0")
                            .run("")
                            .parse("", "SELECT 'skipped'")
                            .run("")
                            .sync()
                            .parse("", "SELECT 'last'")
                            .run("")
                            .sync());
                    answer.mustFail("pipeline", "22012");
                    Expect.equal("values", List.of("first", "last"), answer.values());
                    Expect.equal(
                            "number of Syncs",
                            3L,
                            answer.types().chars().filter(c -> c == 'Z').count());
                })
                .check("pipeline-is-transaction", "What stands before one Sync is one transaction", stage -> {
                    Session client = stage.client();
                    client.run("CREATE TABLE weir_check.piped (n int)");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.send(new Pipeline()
                                        .parse("", "INSERT INTO weir_check.piped VALUES (1)")
                                        .run("")
                                        .parse("", "SELECT 1/0")
                                        .run("")
                                        .sync())
                                .mustFail("pipeline", "22012");
                        Expect.equal("rows", "0", client.value("SELECT count(*) FROM weir_check.piped"));
                    }
                })
                .check("notices", "Notices reach the client that caused them", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Answer answer = a.run("DO $$ BEGIN RAISE NOTICE 'note %d'; END $$".formatted(i));
                        Expect.equal("notices", List.of("note " + i), answer.notices());
                        Expect.equal(
                                "notices of another",
                                List.of(),
                                b.run("SELECT 1").notices());
                    }
                })
                .check("large-row", "A row of %d MB".formatted(LARGE >> 20), stage -> {
                    Session client = stage.client();
                    Expect.equal(
                            "length",
                            LARGE,
                            client.value("SELECT repeat('x', %d)".formatted(LARGE))
                                    .length());
                })
                .check("large-parameter", "A parameter of %d MB".formatted(LARGE >> 20), stage -> {
                    Session client = stage.client();
                    Expect.equal(
                            "length",
                            List.of(String.valueOf(LARGE)),
                            client.extended("SELECT length($1)", "x".repeat(LARGE))
                                    .values());
                })
                .check("cancel", "A cancel request ends the client's query, and no other's", PipelineChecks::cancel)
                .check("cancel-idle", "A cancel request of an idle client hits nobody", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("SELECT 1");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        b.start("SELECT pg_sleep(0.1), 'slept'");
                        a.cancel();
                        b.finish().good("SELECT pg_sleep(0.1)");
                        Expect.equal("answer", "1", a.value("SELECT 1"));
                    }
                })
                .check("error-position", "An error tells its position in the client's text", stage -> {
                    Session client = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "position",
                                "8",
                                client.fail("SELECT nowhere", "42703").others().get('P'));
                        Expect.equal(
                                "position",
                                "8",
                                client.send(new Pipeline()
                                                .parse("e" + i, "SELECT nowhere")
                                                .sync())
                                        .mustFail("Parse", "42703")
                                        .others()
                                        .get('P'));
                    }
                })
                .build();
    }

    private static Pipeline deep(String mark) {
        Pipeline pipeline = new Pipeline().parse("deep", "SELECT $1 || '%s'".formatted(mark));
        for (int i = 0; i < DEEP; i++) {
            pipeline.run("deep", String.valueOf(i)).sync();
        }
        return pipeline;
    }

    private static List<String> expected(String mark) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < DEEP; i++) {
            expected.add(i + mark);
        }
        return expected;
    }

    private static void cancel(Stage stage) {
        Session a = stage.client();
        Session b = stage.client();
        for (int i = 0; i < 2; i++) {
            a.start("SELECT pg_sleep(4)");
            b.start("SELECT pg_sleep(0.3)");
            // A request that comes before the query has begun ends nothing.
            a.poll(Duration.ofMillis(100));
            a.cancel();
            a.finish().mustFail("SELECT pg_sleep(4)", "57014");
            b.finish().good("SELECT pg_sleep(0.3)");
        }
    }
}
