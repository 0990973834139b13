import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq, like, relations, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { drizzle as drizzleJs } from 'drizzle-orm/postgres-js'
import { integer, pgTable, serial, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import postgres from 'postgres'
import { begin, check, concurrently, equal, fails, finish, mark, numbers, rounds, settings, url } from './kit.mjs'

const authors = pgTable(`${mark}_authors`, { id: serial('id').primaryKey(), name: text('name').notNull().unique() })
const books = pgTable(`${mark}_books`, {
  id: serial('id').primaryKey(),
  title: text('title').notNull(),
  authorId: integer('author_id').notNull().references(() => authors.id),
})
const schema = {
  authors,
  books,
  authorRelations: relations(authors, ({ many }) => ({ books: many(books) })),
  bookRelations: relations(books, ({ one }) => ({ author: one(authors, { fields: [books.authorId], references: [authors.id] }) })),
}

const pool = new pg.Pool({ connectionString: url, max: 5 })
const db = drizzle(pool, { schema })

function migrationsFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'drizzle-'))
  const files = {
    '0000_authors': `CREATE TABLE ${mark}_authors (id serial PRIMARY KEY, name text NOT NULL UNIQUE);`,
    '0001_books': `CREATE TABLE ${mark}_books (id serial PRIMARY KEY, title text NOT NULL, author_id int NOT NULL REFERENCES ${mark}_authors);
--> statement-breakpoint
CREATE INDEX ${mark}_title ON ${mark}_books (title);`,
  }
  mkdirSync(join(folder, 'meta'))
  Object.entries(files).forEach(([name, content]) => writeFileSync(join(folder, `${name}.sql`), content))
  const entries = Object.keys(files).map((tag, idx) => ({ idx, version: '7', when: 1700000000000 + idx, tag, breakpoints: true }))
  writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify({ version: '7', dialect: 'postgresql', entries }))
  return folder
}

begin('drizzle', 'drizzle-orm')
await check('migrate', async () => {
  const folder = migrationsFolder()
  try {
    const options = { migrationsFolder: folder, migrationsSchema: `${mark}_drizzle`, migrationsTable: 'done' }
    await migrate(db, options)
    await migrate(db, options)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

const crud = database => concurrently(async worker => {
  for (const i of numbers(10)) {
    const name = `${worker} ${i} ${database === db}`
    const [{ id }] = await database.insert(authors).values({ name }).returning()
    await database.insert(books).values(['b', 'a'].map(title => ({ title, authorId: id })))
    const found = await database.query.authors.findFirst({ where: eq(authors.id, id), with: { books: { orderBy: books.title } } })
    equal(found.books.map(b => b.title), ['a', 'b'])
    await database.update(books).set({ title: 'c' }).where(eq(books.id, found.books[0].id))
    await database.delete(books).where(eq(books.id, found.books[1].id))
    equal(await database.$count(books, eq(books.authorId, id)), 1)
  }
})
await check('crud', () => crud(db))
await check('crud with postgres.js', async () => {
  const client = postgres(url, { max: 4 })
  try {
    await crud(drizzleJs(client, { schema }))
  } finally {
    await client.end({ timeout: 1 })
  }
})

await check('transactions', () => concurrently(async worker => {
  for (const i of numbers(10)) {
    const name = `tx ${worker} ${i}`
    await db.transaction(async tx => {
      await tx.insert(authors).values({ name })
      await fails(tx.transaction(inner => inner.insert(authors).values({ name })), '23505')
    }, { isolationLevel: 'repeatable read' })
    await db.transaction(async tx => {
      await tx.delete(authors).where(eq(authors.name, name))
      tx.rollback()
    }).catch(() => {})
  }
  equal(await db.$count(authors, like(authors.name, `tx ${worker} %`)), 10)
}))

await check('prepared', async () => {
  const prepared = db.select().from(authors).where(eq(authors.name, sql.placeholder('name'))).prepare(`${mark}_by_name`)
  await concurrently(async worker => {
    for (const _ of numbers(rounds)) equal((await prepared.execute({ name: `${worker} 0 true` })).map(a => a.name), [`${worker} 0 true`])
  })
})

await check('settings', () => concurrently(async worker => {
  const own = new pg.Client({ connectionString: url })
  await own.connect()
  try {
    const database = drizzle(own)
    for (const [name, value] of Object.entries(settings(worker))) await database.execute(sql`SELECT set_config(${name}, ${value}, false)`)
    for (const _ of numbers(rounds)) {
      for (const [name, value] of Object.entries(settings(worker))) {
        equal((await database.execute(sql`SELECT current_setting(${name}) AS v`)).rows, [{ v: value }])
      }
    }
  } finally {
    await own.end()
  }
}))
finish()
