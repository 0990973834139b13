// The engine-free client with the adapter for node-postgres, and Prisma's schema engine (its WebAssembly build, which
// a package holds) for migrations. Its tables have Prisma's names, so the program keeps to a schema of its own.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@prisma/client'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import { begin, check, concurrently, equal, fails, finish, mark, numbers, rounds, settings, url } from './kit.mjs'

const require = createRequire(import.meta.url)
const schema = `${mark}_prisma`
const datamodel = readFileSync(new URL('prisma.prisma', import.meta.url), 'utf8')
const filters = { externalTables: [], externalEnums: [] }
const ownUrl = `${url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`

async function schemaEngine() {
  const bg = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const path = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '.wasm')
  const module = new WebAssembly.Module(readFileSync(path))
  const instance = new WebAssembly.Instance(module, { './schema_engine_bg.js': bg })
  bg.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start?.()
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: ownUrl }, { schema }))
  return bg.SchemaEngine.new({ datamodels: [['prisma.prisma', datamodel]] }, () => {}, factory)
}

const migrations = directories => ({
  baseDir: '/migrations',
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: directories.map(([path, content]) => ({
    path,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: content } },
  })),
})

// One for the program: the module can be loaded only once.
let engine
begin('prisma')

await check('migrate', async () => {
  const setup = new pg.Client({ connectionString: url })
  await setup.connect()
  await setup.query(`CREATE SCHEMA ${schema}`)
  await setup.end()
  engine = await schemaEngine()
  const first = ['20240101000000_init', `
    CREATE TABLE "Author" (id serial PRIMARY KEY, name text NOT NULL);
    CREATE UNIQUE INDEX "Author_name_key" ON "Author" (name);
    CREATE TABLE "Book" (id serial PRIMARY KEY, title text NOT NULL,
      "authorId" int NOT NULL REFERENCES "Author" (id) ON DELETE CASCADE ON UPDATE CASCADE);`]
  const second = ['20240102000000_more', 'ALTER TABLE "Book" ADD tags text[], ADD rating numeric(65, 30);']
  // Prisma's engine takes a session advisory lock while it applies them.
  equal((await engine.applyMigrations({ migrationsList: migrations([first]), filters })).appliedMigrationNames, [first[0]])
  equal((await engine.applyMigrations({ migrationsList: migrations([first, second]), filters })).appliedMigrationNames, [second[0]])
  equal((await engine.applyMigrations({ migrationsList: migrations([first, second]), filters })).appliedMigrationNames, [])
})

const create = connectionString => new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 5 }, { schema }) })
const prisma = create(ownUrl)

await check('crud', () => concurrently(async worker => {
  for (const i of numbers(10)) {
    const name = `${worker} ${i}`
    const { id } = await prisma.author.create({ data: { name, books: { create: [{ title: 'b', tags: ['x'] }, { title: 'a', rating: 4.5 }] } } })
    const found = await prisma.author.findUnique({ where: { name }, include: { books: { orderBy: { title: 'asc' } } } })
    equal(found.books.map(b => [b.title, b.tags]), [['a', []], ['b', ['x']]])
    await prisma.author.update({ where: { id }, data: { books: { update: { where: { id: found.books[0].id }, data: { title: 'c' } }, delete: { id: found.books[1].id } } } })
    await prisma.author.upsert({ where: { name }, update: {}, create: { name } })
    equal(await prisma.book.count({ where: { author: { name } } }), 1)
  }
}))

await check('transactions', () => concurrently(async worker => {
  for (const i of numbers(10)) {
    const name = `tx ${worker} ${i}`
    await prisma.$transaction(async tx => {
      await tx.author.create({ data: { name } })
      equal(await tx.author.count({ where: { name } }), 1)
    }, { maxWait: 20_000, timeout: 20_000 })
    await prisma.$transaction(async tx => {
      await tx.author.delete({ where: { name } })
      throw new Error('back')
    }, { maxWait: 20_000, timeout: 20_000, isolationLevel: 'RepeatableRead' }).catch(e => equal(e.message, 'back'))
    await fails(prisma.author.create({ data: { name } }), 'P2002')
    const [count, first] = await prisma.$transaction([prisma.author.count({ where: { name } }), prisma.author.findFirst({ where: { name } })])
    equal([count, first.name], [1, name])
  }
}))

await check('raw', () => concurrently(async worker => {
  for (const i of numbers(rounds)) {
    equal(await prisma.$queryRaw`SELECT ${worker}::int + ${i}::int AS sum, ${mark}::text AS mark`, [{ sum: worker + i, mark }])
    equal(await prisma.$executeRaw`UPDATE "Author" SET name = name WHERE name = ${`tx ${worker} 0`}`, 1)
  }
  await fails(prisma.$queryRaw`SELECT 1 / ${0}::int`, 'P2010')
}))

await check('settings', () => concurrently(async worker => {
  const wanted = { ...settings(worker), search_path: schema }
  const options = `-c search_path=${schema} -c statement_timeout=${wanted.statement_timeout}`
  const own = create(`${url}?options=${encodeURIComponent(options)}`)
  try {
    for (const _ of numbers(rounds)) {
      equal(await own.$queryRaw`SELECT current_setting('statement_timeout') AS t, current_setting('search_path') AS s`, [{ t: wanted.statement_timeout, s: schema }])
    }
    await own.$transaction(async tx => {
      await tx.$executeRaw`SELECT set_config('app.tenant', ${wanted['app.tenant']}, true)`
      for (const _ of numbers(5)) equal(await tx.$queryRaw`SELECT current_setting('app.tenant') AS v`, [{ v: wanted['app.tenant'] }])
    }, { maxWait: 20_000, timeout: 20_000 })
  } finally {
    await own.$disconnect()
  }
}))
finish()
