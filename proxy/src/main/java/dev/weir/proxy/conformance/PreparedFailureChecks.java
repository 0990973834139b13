package dev.weir.proxy.conformance;

/// What happens to prepared statements when something goes wrong.
final class PreparedFailureChecks {

    private PreparedFailureChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("prepared-errors", "Prepared statements, errors")
                .check(
                        "unknown-name",
                        "An unknown name is ERROR 26000, and the session goes on",
                        PreparedFailureChecks::unknownName)
                .check("closed", "A closed name is ERROR 26000", PreparedFailureChecks::closed)
                .check("name-in-use", "A name in use is ERROR 42P05", PreparedFailureChecks::nameInUse)
                .check("failed-parse", "A failed Parse leaves no statement", PreparedFailureChecks::failedParse)
                .check(
                        "failed-parse-in-pipeline",
                        "After a failed Parse in a pipeline, what stood behind it was not prepared",
                        PreparedFailureChecks::failedParseInPipeline)
                .check(
                        "skipped-parse",
                        "A Parse behind a failed Execute was not prepared",
                        PreparedFailureChecks::skippedParse)
                .check(
                        "skipped-close",
                        "A Close behind a failed Execute has closed nothing",
                        PreparedFailureChecks::skippedClose)
                .check(
                        "failed-replacement",
                        "An unnamed statement is gone after a failed Parse of another",
                        PreparedFailureChecks::failedReplacement)
                .check(
                        "in-failed-transaction",
                        "Parse in a failed transaction is ERROR 25P02 and prepares nothing",
                        PreparedFailureChecks::inFailedTransaction)
                .check(
                        "wrong-parameter-count",
                        "Bind with too few parameters is ERROR 08P01, and the session goes on",
                        PreparedFailureChecks::wrongParameterCount)
                .build();
    }

    private static void unknownName(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.send(new Pipeline().run("nobody").sync()).mustFail("Bind", "26000");
            client.send(new Pipeline().describeStatement("nobody").sync()).mustFail("Describe", "26000");
            Expect.equal("answer", "1", client.value("SELECT 1"));
        }
    }

    private static void closed(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.send(new Pipeline().parse("s", "SELECT 1").sync()).good("Parse");
            Expect.equal("answer", "1", PreparedStatementChecks.executed(client, "s"));
            client.send(new Pipeline().closeStatement("s").sync()).good("Close");
            client.send(new Pipeline().run("s").sync()).mustFail("Bind", "26000");
        }
    }

    private static void nameInUse(Stage stage) {
        Session client = stage.client();
        client.send(new Pipeline().parse("s", "SELECT 'first'").sync()).good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.send(new Pipeline().parse("s", "SELECT 'second'").sync()).mustFail("Parse", "42P05");
            client.send(new Pipeline().parse("s", "SELECT 'first'").sync()).mustFail("Parse", "42P05");
            Expect.equal("answer", "first", PreparedStatementChecks.executed(client, "s"));
        }
    }

    private static void failedParse(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            String name = "s" + i;
            client.send(new Pipeline().parse(name, "SELEKT 1").sync()).mustFail("Parse", "42601");
            client.send(new Pipeline().run(name).sync()).mustFail("Bind", "26000");
            client.send(new Pipeline().parse(name, "SELECT 1").sync()).good("Parse");
            Expect.equal("answer", "1", PreparedStatementChecks.executed(client, name));
        }
    }

    private static void failedParseInPipeline(Stage stage) {
        Session client = stage.client();
        Answer answer = client.send(new Pipeline()
                .parse("before", "SELECT 'before'")
                .parse("wrong", "SELEKT 1")
                .parse("behind", "SELECT 'behind'")
                .run("before")
                .sync());
        answer.mustFail("Parse", "42601");
        Expect.equal("answer", "1EZ", answer.types());
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer", "before", PreparedStatementChecks.executed(client, "before"));
            client.send(new Pipeline().run("wrong").sync()).mustFail("Bind of the failed one", "26000");
            client.send(new Pipeline().run("behind").sync()).mustFail("Bind of the skipped one", "26000");
        }
    }

    private static void skippedParse(Stage stage) {
        Session client = stage.client();
        client.send(new Pipeline()
                        .parse("s", "SELECT 1 / $1::int")
                        .run("s", "0")
                        .parse("behind", "SELECT 2")
                        .sync())
                .mustFail("Execute", "22012");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer", "1", PreparedStatementChecks.executed(client, "s", "1"));
            client.send(new Pipeline().run("behind").sync()).mustFail("Bind of the skipped one", "26000");
        }
        client.send(new Pipeline().parse("behind", "SELECT 3").sync()).good("Parse of the skipped name");
        Expect.equal("answer", "3", PreparedStatementChecks.executed(client, "behind"));
    }

    private static void skippedClose(Stage stage) {
        Session client = stage.client();
        client.send(new Pipeline()
                        .parse("s", "SELECT 1 / $1::int")
                        .run("s", "0")
                        .closeStatement("s")
                        .sync())
                .mustFail("Execute", "22012");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Expect.equal("answer", "1", PreparedStatementChecks.executed(client, "s", "1"));
        }
    }

    private static void failedReplacement(Stage stage) {
        Session client = stage.client();
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.send(new Pipeline().parse("", "SELECT 'first'").sync()).good("Parse");
            client.send(new Pipeline().parse("", "SELEKT 1").sync()).mustFail("Parse", "42601");
            client.send(new Pipeline().run("").sync()).mustFail("Bind", "26000");
        }
    }

    private static void inFailedTransaction(Stage stage) {
        Session client = stage.client();
        client.run("BEGIN");
        client.fail("SELECT 1/0", "22012");
        client.send(new Pipeline().parse("s", "SELECT 1").sync()).mustFail("Parse", "25P02");
        client.run("ROLLBACK");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.send(new Pipeline().run("s").sync()).mustFail("Bind", "26000");
        }
    }

    private static void wrongParameterCount(Stage stage) {
        Session client = stage.client();
        client.send(new Pipeline().parse("s", "SELECT $1::int").sync()).good("Parse");
        for (int i = 0; i < Stage.ROUNDS; i++) {
            client.send(new Pipeline().run("s").sync()).mustFail("Bind", "08P01");
            Expect.equal("answer", "5", PreparedStatementChecks.executed(client, "s", "5"));
        }
    }
}
