import postgres from 'postgres'
import { after, begin, check, concurrently, equal, eventually, fails, finish, mark, numbers, rounds, settings, url } from './kit.mjs'

const table = `${mark}_items`
const open = new Set()

function connect(options = {}) {
  const sql = postgres(url, { onnotice: () => {}, ...options })
  open.add(sql)
  return sql
}

after(() => Promise.all([...open].map(sql => (open.delete(sql), sql.end({ timeout: 1 })))))

begin('postgres.js', 'postgres')
await check('create', () => connect().unsafe(`CREATE TABLE ${table} (worker int, n int, note text, PRIMARY KEY (worker, n))`))

await check('queries', async () => {
  const sql = connect({ max: 6 })
  await concurrently(async worker => {
    for (const i of numbers(rounds)) {
      equal([...await sql`SELECT ${mark}::text AS mark, ${worker}::int AS worker, ${[i]}::int[] AS list`], [{ mark, worker, list: [i] }])
    }
  }, 6)
})

await check('transactions', async () => {
  const sql = connect({ max: 4 })
  await concurrently(async worker => {
    for (const i of numbers(rounds)) {
      await sql.begin(async tx => {
        await tx`INSERT INTO ${tx(table)} ${tx({ worker, n: i, note: 'kept' })}`
        await fails(tx.savepoint(inner => inner`INSERT INTO ${inner(table)} ${inner({ worker, n: i, note: 'twice' })}`), '23505')
      })
      await sql.begin(async tx => {
        await tx`DELETE FROM ${tx(table)} WHERE worker = ${worker}`
        throw new Error('back')
      }).catch(e => equal(e.message, 'back'))
    }
    equal((await sql`SELECT count(*)::int FROM ${sql(table)} WHERE worker = ${worker}`)[0].count, rounds)
  })
})

await check('errors', async () => {
  const sql = connect({ max: 1 })
  for (const _ of numbers(8)) {
    await fails(sql`SELECT 6 / ${0}::int`, '22012')
    equal((await sql`SELECT 6 / ${2}::int AS n`)[0].n, 3)
    await fails(sql`SELECT nothing_of_the_sort`, '42703')
  }
})

await check('pipeline', async () => {
  const sql = connect({ max: 1 })
  const rows = await Promise.all(numbers(100).map(i => sql`SELECT ${i}::int AS n`))
  equal(rows.map(r => r[0].n), numbers(100))
  const mixed = await Promise.allSettled(numbers(30).map(i => sql`SELECT 10 / ${i % 3}::int AS n`))
  equal(mixed.map(r => r.status === 'fulfilled' ? r.value[0].n : r.reason.code), numbers(30).map(i => ['22012', 10, 5][i % 3]))
})

await check('simple', async () => {
  const sql = connect()
  equal((await sql`SELECT 1 AS a; SELECT 2 AS b`.simple()).map(r => [...r]), [[{ a: 1 }], [{ b: 2 }]])
})

await check('copy', async () => {
  const sql = connect()
  const into = await sql`COPY ${sql(table)} FROM STDIN`.writable()
  for (const i of numbers(1000)) into.write(`900\t${i}\trow\n`)
  await new Promise((resolve, reject) => into.on('error', reject).on('finish', resolve).end())
  let text = ''
  for await (const chunk of await sql`COPY (SELECT * FROM ${sql(table)} WHERE worker = 900) TO STDOUT`.readable()) text += chunk
  equal(text.split('\n').length, 1001)
})

await check('settings', () => concurrently(async worker => {
  const sql = connect({ max: 1 })
  for (const [name, value] of Object.entries(settings(worker))) await sql`SELECT set_config(${name}, ${value}, false)`
  for (const _ of numbers(rounds)) {
    for (const [name, value] of Object.entries(settings(worker))) {
      equal((await sql`SELECT current_setting(${name}) AS v`)[0].v, value)
    }
  }
}))

await check('settings at start', () => concurrently(async worker => {
  const sql = connect({ max: 1, connection: { statement_timeout: 30001 + worker, search_path: `s${worker}`, application_name: `js ${worker}` } })
  for (const _ of numbers(rounds)) {
    equal((await sql`SHOW statement_timeout`)[0].statement_timeout, `${30001 + worker}ms`)
    equal((await sql`SHOW search_path`)[0].search_path, `s${worker}`)
  }
}))

await check('listen', async () => {
  const sql = connect()
  const heard = []
  const listening = await sql.listen(`${mark}_news`, payload => heard.push(payload))
  for (const i of numbers(10)) await sql.notify(`${mark}_news`, `news ${i}`)
  await eventually(() => heard.length >= 10)
  equal(heard, numbers(10).map(i => `news ${i}`))
  await listening.unlisten()
})

await check('cursors', async () => {
  const sql = connect({ max: 3 })
  await concurrently(async worker => {
    let count = 0
    for await (const rows of sql`SELECT generate_series(1, ${100 + worker}::int) AS n`.cursor(15)) count += rows.length
    equal(count, 100 + worker)
  }, 3)
})

await check('reserve', async () => {
  const sql = connect({ max: 2 })
  const own = await sql.reserve()
  await own`SET app.tenant = 'reserved'`
  for (const _ of numbers(10)) equal((await own`SELECT current_setting('app.tenant') AS v`)[0].v, 'reserved')
  own.release()
})

await check('cancel', async () => {
  const sql = connect({ max: 1 })
  const sleeping = sql`SELECT pg_sleep(20)`
  setTimeout(() => sleeping.cancel(), 300)
  await fails(sleeping, '57014')
  equal((await sql`SELECT 1 AS n`)[0].n, 1)
})

await check('types of its own', async () => {
  const sql = connect({ max: 3 })
  await sql.unsafe(`CREATE TYPE ${mark}_mood AS ENUM ('sad', 'happy')`)
  await sql.unsafe(`CREATE TABLE ${mark}_moods (mood ${mark}_mood)`)
  for (const _ of numbers(5)) await sql.unsafe(`INSERT INTO ${mark}_moods VALUES ($1)`, ['happy'])
  equal((await sql.unsafe(`SELECT * FROM ${mark}_moods`)).length, 5)
})

finish()
