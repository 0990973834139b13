package dev.weir.proxy.conformance;

/// Advisory locks, which migrators rely on.
final class AdvisoryLockChecks {

    private static final String LOCK = "SELECT pg_advisory_lock(7340, 1)";
    private static final String TRY = "SELECT pg_try_advisory_lock(7340, 1)";
    private static final String UNLOCK = "SELECT pg_advisory_unlock(7340, 1)";

    private AdvisoryLockChecks() {}

    static CheckGroup group() {
        return CheckGroup.named("locks", "Advisory locks")
                .check("held", "A session's lock is held over transactions, and others see it taken", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        taken(b);
                        a.run("BEGIN");
                        a.run("COMMIT");
                    }
                })
                .check("unlocked", "Unlock works in a later transaction and frees it", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        a.run(LOCK);
                        a.run("SELECT 1");
                        Expect.equal("unlock", "t", a.value(UNLOCK));
                        Expect.equal("lock by another client", "t", b.value(TRY));
                        Expect.equal("unlock by the other client", "t", b.value(UNLOCK));
                    }
                })
                .check("counted", "A lock taken twice is held until unlocked twice", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    a.run(LOCK);
                    Expect.equal("first unlock", "t", a.value(UNLOCK));
                    taken(b);
                    Expect.equal("second unlock", "t", a.value(UNLOCK));
                    Expect.equal("lock by another client", "t", b.value(TRY));
                })
                .check("unlock-all", "pg_advisory_unlock_all()", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    a.run("SELECT pg_advisory_lock(7340, 2)");
                    taken(b);
                    a.run("SELECT pg_advisory_unlock_all()");
                    Expect.equal("lock by another client", "t", b.value(TRY));
                })
                .check("discard-all", "DISCARD ALL frees it", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    taken(b);
                    a.run("DISCARD ALL");
                    Expect.equal("lock by another client", "t", b.value(TRY));
                })
                .check("disconnect", "It is freed when the client leaves", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    taken(b);
                    a.close();
                    b.run(LOCK);
                })
                .check("vanish", "It is freed when the client's connection breaks", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    taken(b);
                    a.vanish();
                    b.run(LOCK);
                })
                .check("waiting", "Who waits for it gets it when it is freed", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    b.start(LOCK);
                    Expect.equal("unlock", "t", a.value(UNLOCK));
                    b.finish().good(LOCK);
                    Expect.equal("lock by the first", "f", a.value(TRY));
                })
                .check("shared", "A shared lock is held with others, and against an exclusive one", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("SELECT pg_advisory_lock_shared(7340, 1)");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal("shared lock", "t", b.value("SELECT pg_try_advisory_lock_shared(7340, 1)"));
                        Expect.equal("unlock", "t", b.value("SELECT pg_advisory_unlock_shared(7340, 1)"));
                        taken(b);
                    }
                })
                .check("rolled-back", "A session's lock outlives the rollback of its transaction", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("BEGIN");
                    a.run(LOCK);
                    a.run("ROLLBACK");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        taken(b);
                    }
                    Expect.equal("unlock", "t", a.value(UNLOCK));
                })
                .check("transaction", "A transaction's lock is freed by its end", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("BEGIN; SELECT pg_advisory_xact_lock(7340, 1)");
                    taken(b);
                    a.run("COMMIT");
                    Expect.equal("lock by another client", "t", b.value(TRY));
                })
                .check("not-held", "Unlock of a lock that another client holds is refused with a warning", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run(LOCK);
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Answer answer = b.run(UNLOCK);
                        Expect.equal("unlock", "f", answer.values().getFirst());
                        Expect.equal("warnings", 1, answer.notices().size());
                    }
                })
                .check("extended", "By the extended protocol with parameters (Flyway, Rails)", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    String tryLock = "SELECT pg_try_advisory_lock($1::bigint)";
                    Expect.equal(
                            "lock",
                            "t",
                            a.extended(tryLock, "73400001").values().getFirst());
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        Expect.equal(
                                "lock by another client",
                                "f",
                                b.extended(tryLock, "73400001").values().getFirst());
                    }
                    Expect.equal(
                            "unlock",
                            "t",
                            a.extended("SELECT pg_advisory_unlock($1::bigint)", "73400001")
                                    .values()
                                    .getFirst());
                })
                .check("in-function", "Taken by a DO block", stage -> {
                    Session a = stage.client();
                    Session b = stage.client();
                    a.run("DO $$ BEGIN PERFORM pg_advisory_lock(7340, 1); END $$");
                    for (int i = 0; i < Stage.ROUNDS; i++) {
                        taken(b);
                    }
                    Expect.equal("unlock", "t", a.value(UNLOCK));
                })
                .build();
    }

    private static void taken(Session other) {
        Expect.equal("lock by another client", "f", other.value(TRY));
    }
}
