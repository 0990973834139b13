import threading

import psycopg2
import psycopg2.errors
import psycopg2.extras

import kit
from kit import MARK, ROUNDS, URL, check, concurrently, equal

TABLE = MARK + "_items"


opened = []


def connect(autocommit=False):
    connection = psycopg2.connect(URL)
    opened.append(connection)
    connection.autocommit = autocommit
    return connection


def close_all():
    while opened:
        opened.pop().close()


kit.after_check.append(close_all)


def one(connection, query, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchone() if cursor.description else None


def queries():
    def work(worker):
        connection = connect(autocommit=True)
        for i in range(ROUNDS):
            equal(one(connection, "SELECT %s || ' ' || %s, %s", (MARK, worker, [i])), ("%s %d" % (MARK, worker), [i]))
        connection.close()

    concurrently(work)


def transactions():
    def work(worker):
        connection = connect()
        for i in range(ROUNDS):
            with connection, connection.cursor() as cursor:
                cursor.execute("INSERT INTO " + TABLE + " VALUES (%s, %s)", (worker, i))
                cursor.execute("SAVEPOINT before")
                try:
                    cursor.execute("INSERT INTO " + TABLE + " VALUES (%s, %s)", (worker, i))
                    raise AssertionError("no unique violation")
                except psycopg2.errors.UniqueViolation:
                    cursor.execute("ROLLBACK TO SAVEPOINT before")
            one(connection, "DELETE FROM " + TABLE + " WHERE worker = %s", (worker,))
            connection.rollback()
        equal(one(connection, "SELECT count(*) FROM " + TABLE + " WHERE worker = %s", (worker,)), (ROUNDS,))
        connection.close()

    concurrently(work)


def session():
    """set_session() and what psycopg2 itself sends for it."""
    connection = connect()
    connection.set_session(isolation_level="SERIALIZABLE", readonly=True)
    for _ in range(5):
        equal(one(connection, "SHOW transaction_isolation"), ("serializable",))
        equal(one(connection, "SHOW transaction_read_only"), ("on",))
        connection.rollback()
    connection.set_client_encoding("LATIN1")
    for _ in range(5):
        equal(one(connection, "SHOW client_encoding"), ("LATIN1",))
        connection.rollback()
    connection.close()


def settings():
    def work(worker):
        wanted = kit.settings(worker)
        connection = connect(autocommit=worker % 2 == 0)
        for name, value in wanted.items():
            one(connection, "SELECT set_config(%s, %s, false)", (name, value))
        if worker % 2:
            connection.commit()
        for _ in range(ROUNDS):
            for name, value in wanted.items():
                equal(one(connection, "SELECT current_setting(%s)", (name,)), (value,), name)
                if worker % 2:
                    connection.commit()
        connection.close()

    concurrently(work)


def copy():
    import io
    connection = connect()
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE " + MARK + "_copy (id int, text text)")
        cursor.copy_from(io.StringIO("".join("%d\trow %d\n" % (i, i) for i in range(1000))), MARK + "_copy")
        out = io.StringIO()
        cursor.copy_to(out, MARK + "_copy")
        equal(out.getvalue().count("\n"), 1000)
        psycopg2.extras.execute_values(cursor, "INSERT INTO " + MARK + "_copy VALUES %s", [(i, "x") for i in range(500)])
        cursor.execute("SELECT count(*) FROM " + MARK + "_copy")
        equal(cursor.fetchone(), (1500,))
    connection.close()


def listen():
    import select
    channel = MARK + "_news"
    listener, speaker = connect(autocommit=True), connect(autocommit=True)
    one(listener, "LISTEN " + channel)
    for i in range(10):
        one(speaker, "NOTIFY %s, 'news %d'" % (channel, i))
    for _ in range(20):
        if len(listener.notifies) >= 10:
            break
        select.select([listener], [], [], 1)
        listener.poll()
    equal([n.payload for n in listener.notifies], ["news %d" % i for i in range(10)])
    listener.close()
    speaker.close()


def cursors():
    connection = connect()
    with connection, connection.cursor("named") as cursor:
        cursor.itersize = 7
        cursor.execute("SELECT generate_series(1, 50)")
        equal([r[0] for r in cursor], list(range(1, 51)))
    held = connection.cursor("held", withhold=True)
    held.execute("SELECT generate_series(1, 10)")
    connection.commit()
    one(connection, "SELECT 1")
    connection.commit()
    equal(held.fetchall(), [(i,) for i in range(1, 11)])
    held.close()
    connection.commit()
    connection.close()


def large_objects():
    connection = connect()
    large = connection.lobject(mode="wb")
    large.write(b"x" * 100000)
    oid = large.oid
    large.close()
    connection.commit()
    equal(len(connection.lobject(oid, "rb").read()), 100000)
    connection.lobject(oid).unlink()
    connection.commit()
    connection.close()


def cancel():
    connection = connect(autocommit=True)
    threading.Timer(0.3, connection.cancel).start()
    try:
        one(connection, "SELECT pg_sleep(20)")
        raise AssertionError("not cancelled")
    except psycopg2.errors.QueryCanceled:
        pass
    equal(one(connection, "SELECT 1"), (1,))
    connection.close()


def two_phases():
    """What reset() sends: ABORT, RESET ALL, SET SESSION AUTHORIZATION DEFAULT."""
    connection = connect()
    one(connection, "SET statement_timeout = 12345")
    connection.commit()
    connection.reset()
    equal(one(connection, "SHOW statement_timeout"), ("0",))
    connection.close()


kit.begin("psycopg2", psycopg2.__version__)
setup = connect(autocommit=True)
one(setup, "CREATE TABLE " + TABLE + " (worker int, n int, PRIMARY KEY (worker, n))")
setup.close()
check("queries", queries)
check("transactions", transactions)
check("set_session", session)
check("settings", settings)
check("copy", copy)
check("listen", listen)
check("cursors", cursors)
check("large objects", large_objects)
check("cancel", cancel)
check("reset", two_phases)
kit.finish()
