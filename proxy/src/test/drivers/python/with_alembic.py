"""alembic: upgrades one revision at a time, several processes' worth at once, and down again."""
import os
import tempfile

import alembic
import psycopg2
from alembic import command
from alembic.config import Config

import kit
from kit import MARK, URL, check, concurrently, equal

ENV = '''
from alembic import context
from sqlalchemy import create_engine, text

engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, version_table=context.config.get_main_option("version_table"),
                      transaction_per_migration=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(%d)"))
        context.run_migrations()
engine.dispose()
'''

FIRST = '''
from alembic import op
import sqlalchemy as sa

revision, down_revision = "one", None


def upgrade():
    op.create_table("{0}_accounts", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)))
    op.create_index("{0}_accounts_name", "{0}_accounts", ["name"], unique=True)
    op.bulk_insert(sa.table("{0}_accounts", sa.column("name", sa.String)), [{{"name": "first"}}])


def downgrade():
    op.drop_table("{0}_accounts")
'''

SECOND = '''
from alembic import op
import sqlalchemy as sa

revision, down_revision = "two", "one"


def upgrade():
    op.add_column("{0}_accounts", sa.Column("balance", sa.Numeric, server_default="0", nullable=False))
    with op.get_context().autocommit_block():
        op.create_index("{0}_accounts_balance", "{0}_accounts", ["balance"], postgresql_concurrently=True)


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("{0}_accounts_balance", postgresql_concurrently=True)
    op.drop_column("{0}_accounts", "balance")
'''


def configuration(directory):
    os.makedirs(directory + "/versions")
    files = {"env.py": ENV % (abs(hash(MARK)) % 1000000), "script.py.mako": "",
             "versions/one.py": FIRST.format(MARK), "versions/two.py": SECOND.format(MARK)}
    for name, content in files.items():
        with open(os.path.join(directory, name), "w") as file:
            file.write(content)
    config = Config(stdout=open(os.devnull, "w"))
    config.set_main_option("script_location", directory)
    config.set_main_option("sqlalchemy.url", URL)
    config.set_main_option("version_table", MARK + "_version")
    return config


def column_count():
    connection = psycopg2.connect(URL)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM information_schema.columns WHERE table_name = %s", (MARK + "_accounts",))
        count = cursor.fetchone()[0]
    connection.close()
    return count


with tempfile.TemporaryDirectory() as directory:
    config = configuration(directory + "/migrations")

    def upgrade():
        command.upgrade(config, "one")
        equal(column_count(), 2)
        command.upgrade(config, "head")
        equal(column_count(), 3)

    def downgrade():
        command.downgrade(config, "one")
        equal(column_count(), 2)
        command.downgrade(config, "base")
        equal(column_count(), 0)

    kit.begin("alembic", alembic.__version__)
    check("upgrade", upgrade)
    check("again", lambda: command.upgrade(config, "head"))
    check("downgrade", downgrade)
kit.finish()
