package dev.weir.proxy.conformance;

import java.nio.ByteBuffer;
import java.util.List;

/// Cursors, portals and large objects.
final class CursorChecks {

    private static final String HOLD =
            "DECLARE weir_check_cursor CURSOR WITH HOLD FOR SELECT n FROM generate_series(1, 100) AS n";
    private static final String FETCH = "FETCH 2 FROM weir_check_cursor";
    private static final String READ_AND_WRITE = "393216";

    private CursorChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("cursors", "Cursors and large objects")
                .check("with-hold", "A cursor WITH HOLD goes on in later transactions", stage -> {
                    Session client = stage.client();
                    client.run(HOLD);
                    for (int i = 1; i < 2 * Stage.ROUNDS; i += 2) {
                        Expect.equal("rows", List.of(String.valueOf(i), String.valueOf(i + 1)), client.values(FETCH));
                    }
                })
                .check("with-hold-own", "It is its client's own, and gone with it", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(HOLD);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        b.fail(FETCH, "34000");
                    }
                    a.close();
                    Session c = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        c.fail(FETCH, "34000");
                    }
                    c.run(HOLD);
                })
                .check("with-hold-closed", "After CLOSE it is ERROR 34000", stage -> {
                    Session client = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run(HOLD);
                        Expect.equal("rows", List.of("1", "2"), client.values(FETCH));
                        client.run("CLOSE weir_check_cursor");
                        client.fail(FETCH, "34000");
                    }
                })
                .check("with-hold-rolled-back", "A rolled-back one is ERROR 34000", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run(HOLD);
                    client.run("ROLLBACK");
                    client.fail(FETCH, "34000");
                })
                .check("close-all", "CLOSE ALL closes the client's own only", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(HOLD);
                    b.run(HOLD);
                    a.run("CLOSE ALL");
                    a.fail(FETCH, "34000");
                    Expect.equal("rows of the other client", List.of("1", "2"), b.values(FETCH));
                })
                .check("in-transaction", "A cursor within a transaction, and not after it", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.run("DECLARE weir_check_cursor SCROLL CURSOR FOR SELECT n FROM generate_series(1, 9) AS n");
                    Expect.equal("rows", List.of("1", "2"), client.values(FETCH));
                    Expect.equal("row before", List.of("1"), client.values("FETCH PRIOR FROM weir_check_cursor"));
                    client.run("COMMIT");
                    client.fail(FETCH, "34000");
                })
                .check("portal", "A portal is fetched in parts over several Syncs of a transaction", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    Answer first = client.send(new Pipeline()
                            .parse("", "SELECT n FROM generate_series(1, 5) AS n")
                            .bindPortal("p", "")
                            .execute("p", 2)
                            .sync());
                    Expect.equal("first part", "12DDsZ", first.types());
                    Answer rest = client.send(new Pipeline().execute("p", 0).sync());
                    Expect.equal(
                            "rest", List.of("3", "4", "5"), rest.good("Execute").values());
                    client.run("COMMIT");
                    client.send(new Pipeline().execute("p", 0).sync()).mustFail("Execute after COMMIT", "34000");
                })
                .check("large-object", "A large object by SQL functions", stage -> {
                    Session client = stage.client();
                    String oid = client.value("SELECT lo_from_bytea(0, 'weir'::bytea)");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "content",
                                "weir",
                                client.value("SELECT convert_from(lo_get(%s), 'UTF8')".formatted(oid)));
                    }
                    client.run("BEGIN");
                    String descriptor = client.value("SELECT lo_open(%s, %s)".formatted(oid, READ_AND_WRITE));
                    Expect.equal(
                            "content",
                            "we",
                            client.value("SELECT convert_from(loread(%s, 2), 'UTF8')".formatted(descriptor)));
                    client.run("COMMIT");
                    Expect.equal("unlink", "1", client.value("SELECT lo_unlink(%s)".formatted(oid)));
                })
                .check("function-call", "FunctionCall, the protocol's fast path", CursorChecks::functionCall)
                .build();
    }

    private static void functionCall(Stage stage) {
        Session client = stage.client();
        int plus = Integer.parseInt(client.value("SELECT 'int4pl(int4, int4)'::regprocedure::oid"));
        for (int i = 0; i < Stage.ROUNDS; i++) {
            Answer answer = client.send(new Pipeline().functionCall(plus, int4(i), int4(40)))
                    .good("FunctionCall");
            Expect.equal("answer", "VZ", answer.types());
            var body = answer.messages().getFirst().reader();
            Expect.equal("length of the result", Integer.BYTES, body.int32());
            Expect.equal("result", i + 40, body.int32());
            client.send(new Pipeline().functionCall(plus, int4(Integer.MAX_VALUE), int4(1)))
                    .mustFail("FunctionCall", "22003");
        }
    }

    private static byte[] int4(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }
}
