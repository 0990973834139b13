import asyncio

import asyncpg

import kit
from kit import MARK, ROUNDS, URL, check, equal

TABLE = MARK + "_items"


def run(body):
    return lambda: asyncio.run(asyncio.wait_for(body(), 50))


async def concurrently(work):
    await asyncio.gather(*(work(w) for w in range(kit.WORKERS)))


async def queries():
    async def work(worker):
        connection = await asyncpg.connect(URL)
        for i in range(ROUNDS):
            row = await connection.fetchrow("SELECT $1::text AS mark, $2::int AS worker, $3::int[] AS list",
                                            MARK, worker, [i])
            equal(tuple(row), (MARK, worker, [i]))
            equal(await connection.fetchval("SELECT $1::timestamptz IS NOT NULL", None), False)
        statement = await connection.prepare("SELECT $1::int + 1")
        for i in range(ROUNDS):
            equal(await statement.fetchval(i), i + 1)
        await connection.close()

    await concurrently(work)


async def pool():
    async with asyncpg.create_pool(URL, min_size=3, max_size=6) as connections:
        async def work(worker):
            for i in range(ROUNDS):
                async with connections.acquire() as connection:
                    async with connection.transaction():
                        await connection.execute("INSERT INTO " + TABLE + " VALUES ($1, $2)", worker, i)
                    try:
                        async with connection.transaction():
                            await connection.execute("INSERT INTO " + TABLE + " VALUES ($1, $2)", worker, i)
                    except asyncpg.UniqueViolationError:
                        pass
            equal(await connections.fetchval("SELECT count(*) FROM " + TABLE + " WHERE worker = $1", worker), ROUNDS)

        await asyncio.gather(*(work(w) for w in range(6)))


async def savepoints():
    connection = await asyncpg.connect(URL)
    async with connection.transaction():
        await connection.execute("INSERT INTO " + TABLE + " VALUES (100, 1)")
        try:
            async with connection.transaction():
                await connection.execute("INSERT INTO " + TABLE + " VALUES (100, 2)")
                await connection.execute("SELECT 1 / 0")
        except asyncpg.DivisionByZeroError:
            pass
        await connection.execute("INSERT INTO " + TABLE + " VALUES (100, 3)")
    equal([r[0] for r in await connection.fetch("SELECT n FROM " + TABLE + " WHERE worker = 100 ORDER BY n")], [1, 3])
    await connection.close()


async def batches():
    async def work(worker):
        connection = await asyncpg.connect(URL)
        await connection.executemany("INSERT INTO " + TABLE + " VALUES ($1, $2)",
                                     [(200 + worker, i) for i in range(300)])
        equal(await connection.fetchval("SELECT count(*) FROM " + TABLE + " WHERE worker = $1", 200 + worker), 300)
        await connection.close()

    await concurrently(work)


async def types():
    """A type of its own makes asyncpg ask the catalogue, with statements of its own names."""
    first = await asyncpg.connect(URL)
    await first.execute("CREATE TYPE " + MARK + "_mood AS ENUM ('sad', 'happy')")
    await first.execute("CREATE TYPE " + MARK + "_pair AS (a int, b text)")

    async def work(worker):
        connection = await asyncpg.connect(URL)
        for _ in range(5):
            equal(await connection.fetchval("SELECT $1::" + MARK + "_mood", "happy"), "happy")
            equal(tuple(await connection.fetchval("SELECT (1, 'x')::" + MARK + "_pair")), (1, "x"))
        await connection.set_type_codec("json", encoder=str, decoder=lambda t: "decoded " + t, schema="pg_catalog")
        equal(await connection.fetchval("SELECT '1'::json"), "decoded 1")
        await connection.close()

    await concurrently(work)
    await first.close()


async def settings():
    async def work(worker):
        wanted = kit.settings(worker)
        connection = await asyncpg.connect(URL, server_settings={"application_name": "asyncpg %d" % worker,
                                                                 "app.tenant": wanted["app.tenant"]})
        await connection.execute("SET statement_timeout = '%s'" % wanted["statement_timeout"])
        await connection.execute("SET search_path = %s" % wanted["search_path"])
        for _ in range(ROUNDS):
            for name, value in wanted.items():
                equal(await connection.fetchval("SELECT current_setting($1)", name), value, name)
        await connection.close()

    await concurrently(work)


async def released():
    """A connection given back to asyncpg's pool is reset: unlock all, close all, UNLISTEN *, RESET ALL."""
    async with asyncpg.create_pool(URL, min_size=1, max_size=1) as connections:
        for i in range(5):
            async with connections.acquire() as connection:
                equal(await connection.fetchval("SHOW statement_timeout"), "0")
                await connection.execute("SET statement_timeout = 54321")
                equal(await connection.fetchval("SHOW statement_timeout"), "54321ms")


async def copy():
    connection = await asyncpg.connect(URL)
    await connection.copy_records_to_table(TABLE, records=[(300, i) for i in range(1000)])
    import io
    out = io.BytesIO()
    await connection.copy_from_query("SELECT * FROM " + TABLE + " WHERE worker = $1", 300, output=out)
    equal(out.getvalue().count(b"\n"), 1000)
    await connection.close()


async def listen():
    listener, speaker = await asyncpg.connect(URL), await asyncpg.connect(URL)
    heard = asyncio.Queue()
    await listener.add_listener(MARK + "_news", lambda c, pid, channel, payload: heard.put_nowait(payload))
    for i in range(10):
        await speaker.execute("SELECT pg_notify($1, $2)", MARK + "_news", "news %d" % i)
    equal([await asyncio.wait_for(heard.get(), 10) for _ in range(10)], ["news %d" % i for i in range(10)])
    await listener.close()
    await speaker.close()


async def cursors():
    async def work(worker):
        connection = await asyncpg.connect(URL)
        async with connection.transaction():
            rows = [r[0] async for r in connection.cursor("SELECT generate_series(1, $1::int)", 120, prefetch=25)]
        equal(rows, list(range(1, 121)))
        await connection.close()

    await concurrently(work)


async def cancel():
    connection = await asyncpg.connect(URL)
    for _ in range(3):
        try:
            await connection.fetch("SELECT pg_sleep(20)", timeout=0.2)
            raise AssertionError("no timeout")
        except asyncio.TimeoutError:
            pass
        equal(await connection.fetchval("SELECT 1"), 1)
    await connection.close()


async def changed():
    """DDL under the statement cache: asyncpg drops its cache at InvalidCachedStatementError and goes on."""
    connection = await asyncpg.connect(URL)
    await connection.execute("CREATE TABLE " + MARK + "_wide (a int)")
    await connection.execute("INSERT INTO " + MARK + "_wide VALUES (1)")
    for _ in range(3):
        equal(len((await connection.fetch("SELECT * FROM " + MARK + "_wide"))[0]), 1)
    await connection.execute("ALTER TABLE " + MARK + "_wide ADD b int")
    equal(len((await connection.fetch("SELECT * FROM " + MARK + "_wide"))[0]), 2)
    await connection.close()


async def setup():
    connection = await asyncpg.connect(URL)
    await connection.execute("CREATE TABLE " + TABLE + " (worker int, n int, PRIMARY KEY (worker, n))")
    await connection.close()


kit.begin("asyncpg", asyncpg.__version__)
run(setup)()
check("queries", run(queries))
check("pool", run(pool))
check("savepoints", run(savepoints))
check("batches", run(batches))
check("types", run(types))
check("settings", run(settings))
check("reset on release", run(released))
check("copy", run(copy))
check("listen", run(listen))
check("cursors", run(cursors))
check("cancel", run(cancel))
check("ddl under cache", run(changed))
kit.finish()
