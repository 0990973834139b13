import { DataTypes, Sequelize, Transaction } from 'sequelize'
import { begin, check, concurrently, equal, finish, mark, numbers, rounds, settings, url } from './kit.mjs'

const create = (options = {}) => new Sequelize(url, { logging: false, ...options })
const db = create({ pool: { max: 5 } })
const Author = db.define('author', { name: { type: DataTypes.STRING, unique: true } }, { tableName: `${mark}_authors` })
const Book = db.define('book', { title: DataTypes.STRING, tags: DataTypes.ARRAY(DataTypes.STRING), mood: DataTypes.ENUM('sad', 'happy') }, { tableName: `${mark}_books` })
Author.hasMany(Book, { as: 'books', onDelete: 'CASCADE' })
Book.belongsTo(Author, { as: 'author' })

begin('sequelize')
await check('sync', async () => {
  await db.sync()
  // Once more, with what the tables are like read back and altered.
  await db.sync({ alter: true })
})

await check('crud', () => concurrently(async worker => {
  for (const i of numbers(10)) {
    const { id } = await Author.create(
      { name: `${worker} ${i}`, books: [{ title: 'b', tags: ['x'], mood: 'sad' }, { title: 'a', tags: [], mood: 'happy' }] },
      { include: [{ model: Book, as: 'books' }] })
    const found = await Author.findByPk(id, { include: ['books'], order: [['books', 'title', 'ASC']] })
    equal(found.books.map(b => [b.title, b.mood]), [['a', 'happy'], ['b', 'sad']])
    await found.books[0].update({ title: 'c' })
    await found.books[1].destroy()
    equal(await Book.count({ where: { authorId: id } }), 1)
    const [, made] = await Author.findOrCreate({ where: { name: `${worker} ${i}` } })
    equal(made, false)
  }
}))

await check('transactions', () => concurrently(async worker => {
  for (const i of numbers(10)) {
    await db.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS.REPEATABLE_READ }, async transaction => {
      await Author.create({ name: `tx ${worker} ${i}` }, { transaction })
      await db.transaction({ transaction }, inner => Author.create({ name: `tx ${worker} ${i}` }, { transaction: inner })).then(
        () => { throw new Error('no unique violation') },
        e => equal(e.name, 'SequelizeUniqueConstraintError'))
    })
    await db.transaction(async transaction => {
      await Author.destroy({ where: { name: `tx ${worker} ${i}` }, transaction })
      throw new Error('back')
    }).catch(e => equal(e.message, 'back'))
    equal(await Author.count({ where: { name: `tx ${worker} ${i}` } }), 1)
  }
}))

await check('bind parameters', () => concurrently(async worker => {
  for (const i of numbers(rounds)) {
    const [rows] = await db.query('SELECT $1::int + $2::int AS sum, $3::text AS mark', { bind: [worker, i, mark] })
    equal(rows, [{ sum: worker + i, mark }])
  }
}))

await check('settings', () => concurrently(async worker => {
  const own = create({ pool: { max: 1, min: 0 }, hooks: { afterConnect: async connection => {
    for (const [name, value] of Object.entries(settings(worker))) await connection.query('SELECT set_config($1, $2, false)', [name, value])
  } } })
  try {
    for (const _ of numbers(rounds)) {
      for (const [name, value] of Object.entries(settings(worker))) {
        equal((await own.query('SELECT current_setting($1) AS v', { bind: [name] }))[0], [{ v: value }])
      }
    }
  } finally {
    await own.close()
  }
}))

await check('migrations', async () => {
  const q = db.getQueryInterface()
  await q.addColumn(`${mark}_authors`, 'born', { type: DataTypes.DATEONLY })
  await q.addIndex(`${mark}_authors`, ['born'], { concurrently: true, name: `${mark}_born` })
  equal((await q.describeTable(`${mark}_authors`)).born.type, 'DATE')
  await q.removeIndex(`${mark}_authors`, `${mark}_born`, { concurrently: true })
  await q.removeColumn(`${mark}_authors`, 'born')
})

await check('drop', () => db.drop({}))
finish()
