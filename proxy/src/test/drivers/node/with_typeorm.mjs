import { DataSource, EntitySchema } from 'typeorm'
import { begin, check, concurrently, equal, fails, finish, mark, numbers, rounds, settings, url } from './kit.mjs'

const Author = new EntitySchema({
  name: 'Author',
  tableName: `${mark}_authors`,
  columns: { id: { type: Number, primary: true, generated: true }, name: { type: String, unique: true } },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author', cascade: true } },
})
const Book = new EntitySchema({
  name: 'Book',
  tableName: `${mark}_books`,
  columns: { id: { type: Number, primary: true, generated: true }, title: { type: String } },
  relations: { author: { type: 'many-to-one', target: 'Author', inverseSide: 'books', onDelete: 'CASCADE', joinColumn: true } },
})

class Notes1700000000001 {
  name = 'Notes1700000000001'
  up = q => q.query(`CREATE TABLE ${mark}_notes (id serial PRIMARY KEY, text text)`)
  down = q => q.query(`DROP TABLE ${mark}_notes`)
}
class NotesIndex1700000000002 {
  name = 'NotesIndex1700000000002'
  transaction = false
  up = q => q.query(`CREATE INDEX CONCURRENTLY ${mark}_notes_text ON ${mark}_notes (text)`)
  down = q => q.query(`DROP INDEX CONCURRENTLY ${mark}_notes_text`)
}

const create = (options = {}) => new DataSource({
  type: 'postgres', url, entities: [Author, Book], poolSize: 5, installExtensions: false,
  migrations: [Notes1700000000001, NotesIndex1700000000002], migrationsTableName: `${mark}_migrations`, ...options })
const db = create()
const setup = async () => {
  await db.initialize()
  for (const text of [
    `CREATE TABLE ${mark}_authors (id serial PRIMARY KEY, name text UNIQUE)`,
    `CREATE TABLE ${mark}_books (id serial PRIMARY KEY, title text, "authorId" int REFERENCES ${mark}_authors ON DELETE CASCADE)`,
  ]) await db.query(text)
}

begin('typeorm')
await check('setup', setup)
await check('migrations', async () => {
  equal((await db.runMigrations({ transaction: 'each' })).length, 2)
  equal((await db.runMigrations({ transaction: 'each' })).length, 0)
})

await check('crud', () => concurrently(async worker => {
  const authors = db.getRepository(Author)
  for (const i of numbers(10)) {
    const { id } = await authors.save({ name: `${worker} ${i}`, books: [{ title: 'b' }, { title: 'a' }] })
    const found = await authors.findOne({ where: { id }, relations: { books: true }, order: { books: { title: 'ASC' } } })
    equal(found.books.map(b => b.title), ['a', 'b'])
    found.books[0].title = 'c'
    await authors.save(found)
    await db.getRepository(Book).remove(found.books[1])
    equal(await db.getRepository(Book).countBy({ author: { id } }), 1)
  }
}))

await check('transactions', () => concurrently(async worker => {
  for (const i of numbers(10)) {
    await db.transaction(async tx => {
      await tx.save(Author, { name: `tx ${worker} ${i}` })
      await fails(tx.transaction(inner => inner.insert(Author, { name: `tx ${worker} ${i}` })), '23505')
    })
    await db.transaction('SERIALIZABLE', async tx => {
      equal(await tx.query('SHOW transaction_isolation'), [{ transaction_isolation: 'serializable' }])
      await tx.delete(Author, { name: `never ${worker} ${i}` })
      throw new Error('back')
    }).catch(e => e.message === 'back' || fails(Promise.reject(e), '40001'))
    equal(await db.getRepository(Author).countBy({ name: `tx ${worker} ${i}` }), 1)
  }
}))

await check('query runner', () => concurrently(async worker => {
  const runner = db.createQueryRunner()
  await runner.connect()
  try {
    for (const [name, value] of Object.entries(settings(worker))) await runner.query('SELECT set_config($1, $2, false)', [name, value])
    for (const _ of numbers(rounds)) {
      for (const [name, value] of Object.entries(settings(worker))) {
        equal(await runner.query('SELECT current_setting($1) AS v', [name]), [{ v: value }])
      }
    }
    for (const name of Object.keys(settings(worker))) await runner.query(`RESET ${name}`)
  } finally {
    await runner.release()
  }
}))

await check('revert', async () => {
  await db.undoLastMigration({ transaction: 'none' })
  await db.undoLastMigration({ transaction: 'each' })
})
await check('schema builder', async () => {
  // What `synchronize` would do is found out from the catalogue.
  const log = await db.driver.createSchemaBuilder().log()
  equal(log.upQueries.length > 0, true)
})
finish()
