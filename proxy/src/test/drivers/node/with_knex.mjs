import knex from 'knex'
import { begin, check, concurrently, equal, fails, finish, mark, numbers, rounds, settings, url } from './kit.mjs'

const authors = `${mark}_authors`
const books = `${mark}_books`

const migrations = {
  '001_authors': {
    up: k => k.schema.createTable(authors, t => {
      t.increments('id')
      t.string('name').notNullable().unique()
    }),
    down: k => k.schema.dropTable(authors),
  },
  '002_books': {
    up: k => k.schema.createTable(books, t => {
      t.increments('id')
      t.string('title').notNullable()
      t.integer('author_id').notNullable().references('id').inTable(authors).onDelete('CASCADE')
    }),
    down: k => k.schema.dropTable(books),
  },
  '003_concurrently': {
    config: { transaction: false },
    up: k => k.raw(`CREATE INDEX CONCURRENTLY ${books}_title ON ${books} (title)`),
    down: k => k.raw(`DROP INDEX CONCURRENTLY ${books}_title`),
  },
}
const source = {
  getMigrations: async () => Object.keys(migrations),
  getMigrationName: name => name,
  getMigration: async name => migrations[name],
}
const create = (options = {}) => knex({
  client: 'pg',
  connection: url,
  pool: { min: 1, max: 5, ...options.pool },
  migrations: { migrationSource: source, tableName: `${mark}_migrations` },
})
const db = create()

begin('knex')
await check('migrate', async () => {
  const [, done] = await db.migrate.latest()
  equal(done.length, 3)
  equal((await db.migrate.latest())[1], [])
})

await check('crud', () => concurrently(async worker => {
  for (const i of numbers(10)) {
    const [{ id }] = await db(authors).insert({ name: `${worker} ${i}` }).returning('id')
    await db(books).insert(['b', 'a'].map(title => ({ title, author_id: id })))
    const titles = await db(authors).join(books, `${books}.author_id`, `${authors}.id`).where(`${authors}.id`, id).orderBy('title').pluck('title')
    equal(titles, ['a', 'b'])
    equal(await db(books).where({ author_id: id, title: 'a' }).update({ title: 'c' }), 1)
    equal(await db(books).where({ author_id: id, title: 'b' }).del(), 1)
  }
}))

await check('transactions', () => concurrently(async worker => {
  for (const i of numbers(rounds)) {
    await db.transaction(async tx => {
      await tx(authors).insert({ name: `tx ${worker} ${i}` })
      await fails(tx.transaction(inner => inner(authors).insert({ name: `tx ${worker} ${i}` })), '23505')
    })
    await db.transaction(async tx => {
      await tx(authors).where('name', 'like', `tx ${worker} %`).del()
      throw new Error('back')
    }).catch(e => equal(e.message, 'back'))
  }
  equal(await db(authors).where('name', 'like', `tx ${worker} %`).count(), [{ count: String(rounds) }])
}))

await check('stream', async () => {
  const stream = db.select(db.raw('generate_series(1, 300) AS n')).stream()
  stream.on('error', () => {})
  let count = 0
  for await (const _ of stream) count++
  equal(count, 300)
})

await check('settings', () => concurrently(async worker => {
  const own = create({
    pool: {
      min: 0,
      max: 1,
      afterCreate: (connection, done) => {
        const wanted = settings(worker)
        connection.query(`SET statement_timeout = '${wanted.statement_timeout}'; SET search_path = ${wanted.search_path}; SET app.tenant = '${wanted['app.tenant']}'`,
          e => done(e, connection))
      },
    },
  })
  try {
    for (const _ of numbers(rounds)) {
      for (const [name, value] of Object.entries(settings(worker))) {
        equal((await own.raw('SELECT current_setting(?) AS v', [name])).rows, [{ v: value }])
      }
    }
  } finally {
    await own.destroy()
  }
}))

await check('timeout with cancel', async () => {
  await db.raw('SELECT pg_sleep(20)').timeout(300, { cancel: true }).then(
    () => { throw new Error('no timeout') },
    e => equal(e.name, 'KnexTimeoutError'))
  equal((await db.raw('SELECT 1 AS n')).rows, [{ n: 1 }])
})

await check('rollback', async () => {
  await db.migrate.rollback(undefined, true)
  equal(await db.schema.hasTable(authors), false)
})
finish()
