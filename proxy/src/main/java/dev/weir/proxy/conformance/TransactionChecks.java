package dev.weir.proxy.conformance;

import dev.weir.proxy.wire.TransactionStatus;
import java.util.List;

/// Transactions, which no pooler may break.
final class TransactionChecks {

    private static final String TABLE = "CREATE TABLE weir_check.written (n int)";
    private static final String INSERT = "INSERT INTO weir_check.written VALUES (1)";
    private static final String COUNT = "SELECT count(*) FROM weir_check.written";

    private TransactionChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("transactions", "Transactions")
                .check("one-server", "A transaction stays on one server", stage -> {
                    Session client = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        client.run("BEGIN");
                        String pid = client.value("SELECT pg_backend_pid()");
                        Expect.equal("server", pid, client.value("SELECT pg_backend_pid()"));
                        client.run("COMMIT");
                    }
                })
                .check("begin-in-query-string", "A transaction opened at the end of a query string stays open", s -> {
                    Session client = s.client();
                    client.run(TABLE);
                    client.run("SELECT 1; BEGIN; " + INSERT);
                    Expect.equal("status", TransactionStatus.IN_TRANSACTION, client.status());
                    Expect.equal("rows", "1", client.value(COUNT));
                    client.run("ROLLBACK");
                    Expect.equal("rows", "0", client.value(COUNT));
                })
                .check("query-string-is-transaction", "A query string that fails is undone as a whole", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.fail(INSERT + "; SELECT 1/0", "22012");
                    Expect.equal("rows", "0", client.value(COUNT));
                })
                .check("failed", "A failed transaction refuses all but its end", stage -> {
                    Session client = stage.client();
                    client.run("BEGIN");
                    client.fail("SELECT 1/0", "22012");
                    Expect.equal("status", TransactionStatus.FAILED, client.status());
                    client.fail("SELECT 1", "25P02");
                    Expect.equal(
                            "tags", List.of("ROLLBACK"), client.run("COMMIT").tags());
                })
                .check("savepoints", "Savepoints", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.run("BEGIN");
                    client.run(INSERT);
                    client.run("SAVEPOINT s");
                    client.run(INSERT);
                    client.fail("SELECT 1/0", "22012");
                    client.run("ROLLBACK TO SAVEPOINT s");
                    client.run(INSERT);
                    client.run("COMMIT");
                    Expect.equal("rows", "2", client.value(COUNT));
                })
                .check("chain", "COMMIT AND CHAIN", stage -> {
                    Session client = stage.client();
                    client.run(TABLE);
                    client.run("BEGIN; " + INSERT);
                    client.run("COMMIT AND CHAIN");
                    Expect.equal("status", TransactionStatus.IN_TRANSACTION, client.status());
                    client.run(INSERT);
                    client.run("ROLLBACK");
                    Expect.equal("rows", "1", client.value(COUNT));
                })
                .check("disconnect", "The transaction of a client that leaves is rolled back", stage -> {
                    Session client = stage.client();
                    Session other = stage.client();
                    client.run(TABLE);
                    client.run("BEGIN; " + INSERT + "; LOCK weir_check.written");
                    client.vanish();
                    Expect.equal("rows", "0", other.value(COUNT));
                })
                .check("serializable", "A serialization failure reaches its client", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(TABLE);
                    for (Session each : List.of(a, b)) {
                        each.run("BEGIN ISOLATION LEVEL SERIALIZABLE");
                        each.value(COUNT);
                        each.run(INSERT);
                    }
                    a.run("COMMIT");
                    b.fail("COMMIT", "40001");
                    Expect.equal("rows", "1", b.value(COUNT));
                })
                .check("snapshot", "A snapshot exported by one client is imported by another", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(TABLE);
                    a.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
                    String snapshot = a.value("SELECT pg_export_snapshot()");
                    b.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '%s'".formatted(snapshot));
                    Expect.equal("rows", "0", b.value(COUNT));
                    a.run("COMMIT");
                    b.run("COMMIT");
                })
                .check("deferred", "SET CONSTRAINTS DEFERRED", stage -> {
                    Session client = stage.client();
                    client.run("CREATE TABLE weir_check.single (n int UNIQUE DEFERRABLE)");
                    client.run("BEGIN; SET CONSTRAINTS ALL DEFERRED");
                    client.run("INSERT INTO weir_check.single VALUES (1), (1)");
                    client.fail("COMMIT", "23505");
                })
                .check("two-phase", "PREPARE TRANSACTION here, COMMIT PREPARED there", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    if (a.value("SHOW max_prepared_transactions").equals("0")) {
                        throw new NotApplicable("max_prepared_transactions is 0");
                    }
                    a.run(TABLE);
                    b.query("ROLLBACK PREPARED 'weir_check'");
                    a.run("BEGIN; " + INSERT);
                    a.run("PREPARE TRANSACTION 'weir_check'");
                    Expect.equal("status", TransactionStatus.IDLE, a.status());
                    Expect.equal("rows before", "0", b.value(COUNT));
                    b.run("COMMIT PREPARED 'weir_check'");
                    Expect.equal("rows", "1", a.value(COUNT));
                })
                .build();
    }
}
