import os
import time

import psycopg
from psycopg.rows import dict_row

import kit
from kit import MARK, ROUNDS, URL, check, concurrently, equal

TABLE = MARK + "_items"


def connect(**options):
    return psycopg.connect(URL, **options)


def queries():
    # After five executions psycopg prepares on the server.
    def work(worker):
        with connect(autocommit=True) as connection:
            for i in range(ROUNDS):
                row = connection.execute(
                    "SELECT %s::text || ' ' || %s::int AS marker, %s::int[] AS list", (MARK, worker, [i, worker])
                ).fetchone()
                equal(row, ("%s %d" % (MARK, worker), [i, worker]))
                with connection.cursor(row_factory=dict_row, binary=True) as cursor:
                    equal(cursor.execute("SELECT %s::int8 * 2 AS twice", (i,)).fetchone(), {"twice": 2 * i})

    concurrently(work)


def transactions():
    def work(worker):
        with connect() as connection:
            for i in range(ROUNDS):
                with connection.transaction():
                    connection.execute("INSERT INTO " + TABLE + " VALUES (%s, %s, %s)", (worker, i, "kept"))
                    try:
                        with connection.transaction():
                            connection.execute("INSERT INTO " + TABLE + " VALUES (%s, %s, %s)", (worker, i, "twice"))
                        raise AssertionError("no unique violation")
                    except psycopg.errors.UniqueViolation:
                        pass
                    with connection.transaction():
                        connection.execute("UPDATE " + TABLE + " SET note = %s WHERE worker = %s AND n = %s",
                                           ("changed", worker, i))
                with connection.transaction(force_rollback=True):
                    connection.execute("DELETE FROM " + TABLE + " WHERE worker = %s", (worker,))
            rows = connection.execute(
                "SELECT count(*), count(*) FILTER (WHERE note = 'changed') FROM " + TABLE + " WHERE worker = %s",
                (worker,)).fetchone()
            equal(rows, (ROUNDS, ROUNDS))

    concurrently(work)


def errors():
    with connect(autocommit=True) as connection:
        for i in range(8):
            try:
                connection.execute("SELECT 1 / %s::int", (0,))
                raise AssertionError("no error")
            except psycopg.errors.DivisionByZero:
                pass
            equal(connection.execute("SELECT 6 / %s::int", (2,)).fetchone(), (3,))
    with connect() as connection:
        try:
            connection.execute("SELECT nothing_of_the_sort")
        except psycopg.errors.UndefinedColumn:
            pass
        try:
            connection.execute("SELECT 1")
            raise AssertionError("the transaction has not failed")
        except psycopg.errors.InFailedSqlTransaction:
            connection.rollback()
        equal(connection.execute("SELECT 1").fetchone(), (1,))


def pipeline():
    def work(worker):
        with connect(autocommit=True) as connection:
            for _ in range(5):
                with connection.pipeline() as p:
                    cursors = [connection.execute("SELECT %s::int + %s::int", (worker, i)) for i in range(20)]
                    p.sync()
                    equal([c.fetchone()[0] for c in cursors], [worker + i for i in range(20)])
                try:
                    with connection.pipeline():
                        # What this version prepares in a pipeline that fails it believes prepared: a fault of its own.
                        connection.execute("SELECT %s::int", (1,), prepare=False)
                        connection.execute("SELECT 1 / %s::int", (0,), prepare=False)
                        connection.execute("SELECT %s::int", (2,), prepare=False)
                    raise AssertionError("no error")
                except psycopg.errors.DivisionByZero:
                    pass
            connection.cursor().executemany("SELECT %s::int", [(i,) for i in range(50)])

    concurrently(work)


def copy():
    with connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS " + MARK + "_copy (id int, text text)")
        connection.commit()
        with connection.cursor() as cursor:
            with cursor.copy("COPY " + MARK + "_copy FROM STDIN") as into:
                for i in range(1000):
                    into.write_row((i, "row %d of %s" % (i, MARK)))
            connection.commit()
            with cursor.copy("COPY (SELECT * FROM " + MARK + "_copy ORDER BY id) TO STDOUT") as out:
                rows = list(out.rows())
            equal(len(rows), 1000)
            equal(rows[999], ("999", "row 999 of " + MARK))


def settings():
    def work(worker):
        wanted = kit.settings(worker)
        with connect(autocommit=True) as connection:
            for name, value in wanted.items():
                if name == "app.tenant":
                    connection.execute("SELECT set_config('app.tenant', %s, false)", (value,))
                else:
                    connection.execute("SET %s = %s" % (name, value if "path" in name else "'%s'" % value))
            for i in range(ROUNDS):
                for name, value in wanted.items():
                    equal(connection.execute("SELECT current_setting(%s)", (name,)).fetchone()[0], value, name)
                equal(connection.execute("SELECT name FROM whose").fetchone()[0], "worker %d" % worker)
            with connection.transaction():
                connection.execute("SET LOCAL statement_timeout = '7s'")
                equal(connection.execute("SHOW statement_timeout").fetchone()[0], "7s")
            equal(connection.execute("SHOW statement_timeout").fetchone()[0], wanted["statement_timeout"])
            try:
                with connection.transaction():
                    connection.execute("SET app.tenant = 'undone'")
                    raise psycopg.Rollback()
            except psycopg.Rollback:
                pass
            equal(connection.execute("SHOW app.tenant").fetchone()[0], wanted["app.tenant"])
            connection.execute("RESET statement_timeout")
            equal(connection.execute("SHOW statement_timeout").fetchone()[0], "0")

    with connect(autocommit=True) as connection:
        for worker in range(kit.WORKERS):
            schema = "%s_s%d" % (MARK, worker)
            connection.execute("CREATE SCHEMA " + schema)
            connection.execute("CREATE TABLE %s.whose AS SELECT 'worker %d' AS name" % (schema, worker))
    try:
        concurrently(work)
    finally:
        with connect(autocommit=True) as connection:
            for worker in range(kit.WORKERS):
                connection.execute("DROP SCHEMA %s_s%d CASCADE" % (MARK, worker))


def options_at_start():
    with psycopg.connect(URL, options="-c statement_timeout=23456 -c app.tenant=started", autocommit=True) as connection:
        for _ in range(5):
            equal(connection.execute("SHOW statement_timeout").fetchone()[0], "23456ms")
            equal(connection.execute("SHOW app.tenant").fetchone()[0], "started")


def listen():
    channel = MARK + "_news"
    with connect(autocommit=True) as listener, connect(autocommit=True) as speaker:
        listener.execute("LISTEN " + channel)
        for i in range(10):
            speaker.execute("SELECT pg_notify(%s, %s)", (channel, "news %d" % i))
        heard = []
        # The connection's own notifies() waits for ever in this version: poll with queries, as a timeout.
        deadline = time.monotonic() + 20
        listener.add_notify_handler(lambda n: heard.append(n.payload))
        while len(heard) < 10 and time.monotonic() < deadline:
            listener.execute("SELECT pg_sleep(0.01)")
        equal(heard, ["news %d" % i for i in range(10)])
        listener.execute("UNLISTEN *")
        speaker.execute("NOTIFY " + channel)
        listener.execute("SELECT 1")
        equal(len(heard), 10)


def cursors():
    def work(worker):
        with connect() as connection:
            with connection.cursor(name="c") as cursor:
                cursor.itersize = 10
                cursor.execute("SELECT i * %s FROM generate_series(1, 100) i", (worker + 1,))
                equal([row[0] for row in cursor], [i * (worker + 1) for i in range(1, 101)])
            connection.commit()

    concurrently(work)
    with connect(autocommit=True) as connection:
        with connection.cursor(name="held", withhold=True) as cursor:
            cursor.execute("SELECT generate_series(1, 5)")
            equal(cursor.fetchmany(2), [(1,), (2,)])
            connection.execute("SELECT 1")
            equal(cursor.fetchall(), [(3,), (4,), (5,)])


def locks():
    key = abs(hash(MARK)) % 1000000

    def work(worker):
        with connect(autocommit=True) as connection:
            for _ in range(5):
                connection.execute("SELECT pg_advisory_lock(%s)", (key,))
                n = connection.execute("SELECT n FROM " + MARK + "_counter").fetchone()[0]
                connection.execute("UPDATE " + MARK + "_counter SET n = %s", (n + 1,))
                equal(connection.execute("SELECT pg_advisory_unlock(%s)", (key,)).fetchone(), (True,))

    with connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE " + MARK + "_counter AS SELECT 0 AS n")
        concurrently(work)
        equal(connection.execute("SELECT n FROM " + MARK + "_counter").fetchone()[0], 5 * kit.WORKERS)


def temporary_tables():
    def work(worker):
        with connect(autocommit=True) as connection:
            connection.execute("CREATE TEMPORARY TABLE scratch (n int)")
            for i in range(5):
                connection.execute("INSERT INTO scratch VALUES (%s)", (worker,))
            equal(connection.execute("SELECT count(*), min(n), max(n) FROM scratch").fetchone(), (5, worker, worker))
            connection.execute("DROP TABLE scratch")

    concurrently(work)


def prepare_in_sql():
    def work(worker):
        with connect(autocommit=True) as connection:
            connection.execute("PREPARE mine (int) AS SELECT $1 + %d" % worker)
            for i in range(ROUNDS):
                equal(connection.execute("EXECUTE mine (%d)" % i).fetchone()[0], i + worker)
            connection.execute("DEALLOCATE mine")

    concurrently(work)


def cancel():
    with connect(autocommit=True) as connection:
        connection.execute("SET statement_timeout = '200ms'")
        try:
            connection.execute("SELECT pg_sleep(20)")
            raise AssertionError("no timeout")
        except psycopg.errors.QueryCanceled:
            pass
        connection.execute("RESET statement_timeout")
        import threading
        threading.Timer(0.3, connection.cancel).start()
        try:
            connection.execute("SELECT pg_sleep(20)")
            raise AssertionError("not cancelled")
        except psycopg.errors.QueryCanceled:
            pass
        equal(connection.execute("SELECT 1").fetchone(), (1,))


def ddl_under_prepared():
    """The table changes under a prepared statement: the next execution, outside a transaction, goes on."""
    with connect(autocommit=True) as connection:
        connection.execute("CREATE TABLE " + MARK + "_wide (a int)")
        for _ in range(10):
            connection.execute("SELECT * FROM " + MARK + "_wide WHERE a = %s", (1,))
        connection.execute("DROP TABLE " + MARK + "_wide")
        connection.execute("CREATE TABLE " + MARK + "_wide (a int, b text)")
        connection.execute("INSERT INTO " + MARK + "_wide VALUES (%s, %s)", (1, "x"))
        for _ in range(6):
            equal(connection.execute("SELECT a FROM " + MARK + "_wide WHERE a = %s", (1,)).fetchone(), (1,))


kit.begin("psycopg", psycopg.__version__)
with connect() as setup:
    setup.execute("CREATE TABLE " + TABLE + " (worker int, n int, note text, PRIMARY KEY (worker, n))")
check("queries", queries)
check("transactions", transactions)
check("errors", errors)
check("pipeline", pipeline)
check("copy", copy)
check("settings", settings)
check("options at start", options_at_start)
check("listen", listen)
check("cursors", cursors)
check("advisory locks", locks)
check("temporary tables", temporary_tables)
check("prepare in sql", prepare_in_sql)
check("cancel", cancel)
check("ddl under prepared", ddl_under_prepared)
kit.finish()
