package dev.weir.proxy.conformance;

import java.util.List;

/// COPY in both directions, to its end and not.
final class CopyChecks {

    private static final int MANY = 20_000;
    private static final String TABLE = "CREATE TABLE weir_check.copied (n int)";
    private static final String COPY = "COPY weir_check.copied FROM STDIN";
    private static final String COUNT = "SELECT count(*) FROM weir_check.copied";

    private CopyChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("copy", "COPY")
                .check("in", "COPY FROM STDIN", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Answer answer = client.send(new Pipeline()
                                        .query(COPY)
                                        .copyData("1\n2\n")
                                        .copyData("3\n")
                                        .copyDone())
                                .good(COPY);
                        Expect.equal("tags", List.of("COPY 3"), answer.tags());
                    }
                    Expect.equal("rows", "9", client.value(COUNT));
                })
                .check("out", "COPY TO STDOUT of much", stage -> {
                    Session client = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Answer answer = client.run("COPY (SELECT generate_series(1, %d)) TO STDOUT".formatted(MANY));
                        Expect.equal(
                                "lines", MANY, (int) answer.copied().lines().count());
                    }
                })
                .check("fail", "CopyFail ends it with ERROR 57014, and the session goes on", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.send(new Pipeline().query(COPY).copyData("1\n").copyFail("enough"))
                                .mustFail(COPY, "57014");
                        Expect.equal("rows", "0", client.value(COUNT));
                    }
                })
                .check("bad-data", "Bad data ends it with an error, and what is still sent is ignored", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.send(new Pipeline()
                                        .query(COPY)
                                        .copyData("1\n")
                                        .copyData("one\n")
                                        .copyData("2\n")
                                        .copyDone())
                                .mustFail(COPY, "22P02");
                        Expect.equal("rows", "0", client.value(COUNT));
                    }
                })
                .check("extended", "COPY FROM STDIN by the extended protocol", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Answer answer = client.send(new Pipeline()
                                        .parse("", COPY)
                                        .run("")
                                        .copyData("1\n")
                                        .copyDone()
                                        .sync())
                                .good(COPY);
                        Expect.equal("tags", List.of("COPY 1"), answer.tags());
                    }
                })
                .check("several", "Both directions in one query string", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    Answer answer = client.send(new Pipeline()
                                    .query(COPY + "; COPY weir_check.copied TO STDOUT; SELECT 'end'")
                                    .copyData("5\n")
                                    .copyDone())
                            .good(COPY);
                    Expect.equal("copied out", "5\n", answer.copied());
                    Expect.equal("rows behind", List.of("end"), answer.values());
                })
                .check("in-transaction", "COPY in a transaction that is rolled back", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.run("BEGIN");
                    client.send(new Pipeline().query(COPY).copyData("1\n").copyDone())
                            .good(COPY);
                    client.run("ROLLBACK");
                    Expect.equal("rows", "0", client.value(COUNT));
                })
                .check("vanish", "A client that breaks off in the middle leaves nothing", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.start(new Pipeline().query(COPY).copyData("1\n"));
                    client.until((byte) 'G');
                    client.vanish();
                    Session other = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("rows", "0", other.value(COUNT));
                    }
                })
                .build();
    }
}
