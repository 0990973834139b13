import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import { after, begin, check, concurrently, equal, eventually, fails, finish, mark, numbers, rounds, settings, url, workers } from './kit.mjs'

const table = `${mark}_items`
const open = new Set()

async function connect(options = {}) {
  const client = new pg.Client({ connectionString: url, ...options })
  client.on('error', () => {})
  await client.connect()
  open.add(client)
  return client
}

after(() => Promise.all([...open].map(client => (open.delete(client), client.end()))))

const one = async (client, text, values) => Object.values((await client.query(text, values)).rows[0])[0]

begin('node-postgres', 'pg')
const setup = await connect()
await setup.query(`CREATE TABLE ${table} (worker int, n int, note text, PRIMARY KEY (worker, n))`)

await check('queries', () => concurrently(async worker => {
  const client = await connect()
  for (const i of numbers(rounds)) {
    equal((await client.query('SELECT $1::text AS mark, $2::int AS worker', [mark, worker])).rows, [{ mark, worker }])
    // A named statement is parsed once for the client, and for Weir by each server.
    equal((await client.query({ name: 'sum', text: 'SELECT $1::int + $2::int AS sum', values: [worker, i] })).rows, [{ sum: worker + i }])
  }
}))

await check('same name, other text', () => concurrently(async worker => {
  const client = await connect()
  for (const i of numbers(rounds)) {
    equal(await one(client, { name: 'mine', text: `SELECT $1::int * ${worker + 2} AS own`, values: [i] }), i * (worker + 2))
  }
}))

await check('pool', async () => {
  const pool = new pg.Pool({ connectionString: url, max: 6 })
  await concurrently(async worker => {
    for (const i of numbers(rounds)) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await client.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [worker, i, 'kept'])
        await client.query('SAVEPOINT before')
        await fails(client.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [worker, i, 'twice']), '23505')
        await client.query('ROLLBACK TO SAVEPOINT before')
        await client.query('COMMIT')
        await client.query('BEGIN')
        await client.query(`DELETE FROM ${table} WHERE worker = $1`, [worker])
        await client.query('ROLLBACK')
      } finally {
        client.release()
      }
      equal(await one(pool, `SELECT count(*)::int FROM ${table} WHERE worker = $1`, [worker]), i + 1)
    }
  }, 6)
  await pool.end()
})

await check('errors', async () => {
  const client = await connect()
  for (const i of numbers(8)) {
    await fails(client.query({ name: 'divide', text: 'SELECT 6 / $1::int AS n', values: [0] }), '22012')
    equal(await one(client, { name: 'divide', text: 'SELECT 6 / $1::int AS n', values: [2] }), 3)
    await fails(client.query('SELECT nothing_of_the_sort'), '42703')
    await fails(client.query({ name: `wrong ${i}`, text: 'SELECT nothing_of_the_sort', values: [] }), '42703')
  }
})

await check('several queries at once', () => concurrently(async worker => {
  const client = await connect()
  equal(await Promise.all(numbers(50).map(i => one(client, 'SELECT $1::int + 1 AS n', [i + worker]))), numbers(50).map(i => i + worker + 1))
  const results = await client.query(`SELECT 1 AS a; SELECT ${worker} AS b; SELECT 'c' AS c`)
  equal(results.map(r => r.rows), [[{ a: 1 }], [{ b: worker }], [{ c: 'c' }]])
}))

await check('copy', async () => {
  const client = await connect()
  await pipeline(Readable.from(numbers(1000).map(i => `900\t${i}\trow\n`)), client.query(copyFrom(`COPY ${table} FROM STDIN`)))
  let text = ''
  for await (const chunk of client.query(copyTo(`COPY (SELECT * FROM ${table} WHERE worker = 900) TO STDOUT`))) text += chunk
  equal(text.split('\n').length, 1001)
})

await check('settings', async () => {
  await concurrently(async worker => {
    const client = await connect()
    for (const [name, value] of Object.entries(settings(worker))) {
      await client.query('SELECT set_config($1, $2, false)', [name, value])
    }
    for (const _ of numbers(rounds)) {
      for (const [name, value] of Object.entries(settings(worker))) {
        equal(await one(client, 'SELECT current_setting($1)', [name]), value)
      }
    }
  })
})

await check('settings at start', () => concurrently(async worker => {
  const client = await connect({ statement_timeout: 30001 + worker, options: `-c app.tenant=${mark}${worker}`, application_name: `pg ${worker}` })
  for (const _ of numbers(rounds)) {
    equal(await one(client, 'SHOW statement_timeout'), `${30001 + worker}ms`)
    equal(await one(client, 'SHOW app.tenant'), `${mark}${worker}`)
    equal(await one(client, 'SHOW application_name'), `pg ${worker}`)
  }
}))

await check('listen', async () => {
  const [listener, speaker] = [await connect(), await connect()]
  const heard = []
  listener.on('notification', message => heard.push(message.payload))
  await listener.query(`LISTEN ${mark}_news`)
  for (const i of numbers(10)) await speaker.query('SELECT pg_notify($1, $2)', [`${mark}_news`, `news ${i}`])
  await eventually(() => heard.length >= 10)
  equal(heard, numbers(10).map(i => `news ${i}`))
})

await check('cursors', () => concurrently(async worker => {
  const client = await connect()
  await client.query('BEGIN')
  const cursor = client.query(new Cursor('SELECT generate_series(1, $1::int) AS n', [100 + worker]))
  let sum = 0
  for (let rows = await cursor.read(15); rows.length > 0; rows = await cursor.read(15)) sum += rows.length
  equal(sum, 100 + worker)
  await cursor.close()
  await client.query('COMMIT')
}))

await check('cancel', async () => {
  const client = await connect({ query_timeout: 40_000 })
  await client.query('SET statement_timeout = 200')
  await fails(client.query('SELECT pg_sleep(20)'), '57014')
  await client.query('RESET statement_timeout')
  const sleeping = fails(client.query('SELECT pg_sleep(20)'), '57014')
  await new Promise(resolve => setTimeout(resolve, 300))
  // node-postgres has no public way to cancel: what its Client offers is used.
  const canceller = new pg.Client({ connectionString: url })
  canceller.connection.stream.on('error', () => {})
  canceller.cancel(Object.assign(client, { activeQuery: client._activeQuery ?? client.activeQuery }), client._activeQuery ?? client.activeQuery)
  await once(canceller.connection.stream, 'close')
  await sleeping
  equal(await one(client, 'SELECT 1 AS one'), 1)
})

await check('ddl under a named statement', async () => {
  const client = await connect()
  await client.query(`CREATE TABLE ${mark}_wide (a int)`)
  for (const _ of numbers(5)) await client.query({ name: 'all', text: `SELECT a FROM ${mark}_wide` })
  await client.query(`ALTER TABLE ${mark}_wide ADD b int, ALTER a TYPE int`)
  for (const _ of numbers(5)) equal((await client.query({ name: 'all', text: `SELECT a FROM ${mark}_wide` })).rows, [])
})

finish()
