import sqlalchemy
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base, relationship, selectinload

import kit
from kit import MARK, ROUNDS, URL, check, concurrently, equal

Base = declarative_base()


class Author(Base):
    __tablename__ = MARK + "_authors"
    id = Column(Integer, primary_key=True)
    name = Column(String(80), unique=True, nullable=False)
    books = relationship("Book", back_populates="author", cascade="all, delete-orphan", order_by="Book.title")


class Book(Base):
    __tablename__ = MARK + "_books"
    id = Column(Integer, primary_key=True)
    title = Column(String(80), nullable=False)
    author_id = Column(Integer, ForeignKey(Author.id), nullable=False)
    author = relationship(Author, back_populates="books")


engine = create_engine(URL, pool_size=4)


def crud():
    def work(worker):
        for i in range(10):
            with Session(engine) as session:
                session.add(Author(name="%s %d %d" % (MARK, worker, i), books=[Book(title="b"), Book(title="a")]))
                session.commit()
            with Session(engine) as session:
                author = session.execute(
                    select(Author).options(selectinload(Author.books)).where(Author.name == "%s %d %d" % (MARK, worker, i))
                ).scalar_one()
                equal([b.title for b in author.books], ["a", "b"])
                author.books.pop()
                session.commit()
        with Session(engine) as session:
            equal(session.query(Book).join(Author).filter(Author.name.like("%s %d %%" % (MARK, worker))).count(), 10)

    concurrently(work)


def savepoints():
    with Session(engine) as session, session.begin():
        session.add(Author(name=MARK + " outer"))
        session.flush()
        for _ in range(3):
            try:
                with session.begin_nested():
                    session.add(Author(name=MARK + " outer"))
            except IntegrityError:
                pass
        session.add(Author(name=MARK + " second"))
    with Session(engine) as session:
        equal(session.query(Author).filter(Author.name.in_([MARK + " outer", MARK + " second"])).count(), 2)


def rollback():
    with Session(engine) as session:
        session.add(Author(name=MARK + " never"))
        session.flush()
        session.rollback()
        equal(session.query(Author).filter_by(name=MARK + " never").count(), 0)


def streaming():
    with engine.connect() as connection:
        rows = connection.execution_options(stream_results=True, max_row_buffer=20).execute(
            text("SELECT generate_series(1, 200)"))
        equal([r[0] for r in rows], list(range(1, 201)))


def isolation():
    serializable = engine.execution_options(isolation_level="SERIALIZABLE")
    automatic = engine.execution_options(isolation_level="AUTOCOMMIT")
    for _ in range(5):
        with serializable.connect() as connection:
            equal(connection.execute(text("SHOW transaction_isolation")).scalar(), "serializable")
        with automatic.connect() as connection:
            equal(connection.execute(text("SHOW transaction_isolation")).scalar(), "read committed")


def settings():
    """Set once when a connection is made, as applications do in a listener."""
    def work(worker):
        wanted = kit.settings(worker)
        own = create_engine(URL, pool_size=1)

        @event.listens_for(own, "connect")
        def set_once(connection, record):
            cursor = connection.cursor()
            for name, value in wanted.items():
                cursor.execute("SELECT set_config(%s, %s, false)", (name, value))
            cursor.close()
            connection.commit()

        for _ in range(ROUNDS):
            with own.connect() as connection:
                for name, value in wanted.items():
                    equal(connection.execute(text("SELECT current_setting(:n)"), {"n": name}).scalar(), value, name)
        own.dispose()

    concurrently(work)


def reflection():
    inspector = sqlalchemy.inspect(engine)
    equal({c["name"] for c in inspector.get_columns(Book.__tablename__)}, {"id", "title", "author_id"})
    equal(inspector.get_foreign_keys(Book.__tablename__)[0]["referred_table"], Author.__tablename__)


kit.begin("sqlalchemy", sqlalchemy.__version__)
check("create schema", lambda: Base.metadata.create_all(engine))
check("crud", crud)
check("savepoints", savepoints)
check("rollback", rollback)
check("streaming", streaming)
check("isolation", isolation)
check("settings", settings)
check("reflection", reflection)
check("drop schema", lambda: Base.metadata.drop_all(engine))
kit.finish()
