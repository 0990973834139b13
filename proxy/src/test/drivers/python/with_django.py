"""Django with an application made on the fly: migrate, the ORM, and connections that stay (CONN_MAX_AGE)."""
import os
import sys
import tempfile
from urllib.parse import urlparse

import django
from django.conf import settings as django_settings

import kit
from kit import MARK, ROUNDS, URL, check, concurrently, equal

url = urlparse(URL)
APP = "library_" + MARK

MODELS = '''
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=80, unique=True)


class Book(models.Model):
    title = models.CharField(max_length=80)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    tags = models.JSONField(default=list)
'''

MORE = '''
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def fill(apps, schema_editor):
    apps.get_model("{0}", "Author").objects.create(name="of the migration")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("{0}", "0001_initial")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently("book", models.Index(fields=["title"], name="{0}_title"[:30])),
    ]
'''

directory = tempfile.TemporaryDirectory()
os.makedirs(directory.name + "/%s/migrations" % APP)
for name, content in {"__init__.py": "", "models.py": MODELS, "migrations/__init__.py": ""}.items():
    with open("%s/%s/%s" % (directory.name, APP, name), "w") as file:
        file.write(content)
sys.path.insert(0, directory.name)
django_settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", APP],
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
        "PASSWORD": url.password, "HOST": url.hostname, "PORT": url.port, "CONN_MAX_AGE": 600}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", TIME_ZONE="Europe/Zurich", USE_TZ=True)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import IntegrityError, connection, transaction  # noqa: E402


def models():
    from importlib import import_module
    return import_module(APP + ".models")


def migrate():
    call_command("makemigrations", APP, verbosity=0)
    call_command("migrate", verbosity=0)
    with open("%s/%s/migrations/0002_more.py" % (directory.name, APP), "w") as file:
        file.write(MORE.format(APP))
    call_command("migrate", verbosity=0)
    equal(models().Author.objects.count(), 1)


def crud():
    def work(worker):
        m = models()
        for i in range(10):
            author = m.Author.objects.create(name="%d %d" % (worker, i))
            m.Book.objects.bulk_create([m.Book(title=t, author=author, tags=[worker, i]) for t in "ba"])
            found = m.Author.objects.prefetch_related("books").get(name="%d %d" % (worker, i))
            equal(sorted(b.title for b in found.books.all()), ["a", "b"])
            equal(m.Book.objects.filter(tags__contains=[worker, i], author=author).update(title="c"), 2)
            found.books.first().delete()
        equal(m.Book.objects.filter(author__name__startswith="%d " % worker).count(), 10)
        connection.close()

    concurrently(work)


def atomic():
    def work(worker):
        m = models()
        for i in range(10):
            with transaction.atomic():
                m.Author.objects.create(name="atomic %d %d" % (worker, i))
                try:
                    with transaction.atomic():
                        m.Author.objects.create(name="atomic %d %d" % (worker, i))
                    raise AssertionError("no integrity error")
                except IntegrityError:
                    pass
            try:
                with transaction.atomic():
                    m.Author.objects.filter(name="atomic %d %d" % (worker, i)).delete()
                    raise KeyError("roll back")
            except KeyError:
                pass
            equal(m.Author.objects.filter(name="atomic %d %d" % (worker, i)).count(), 1)
        connection.close()

    concurrently(work)


def iterator():
    """A cursor WITH HOLD on the server, for outside a transaction Django makes it so."""
    m = models()
    author = m.Author.objects.create(name="of many")
    m.Book.objects.bulk_create([m.Book(title="%03d" % i, author=author) for i in range(300)])
    books = m.Book.objects.filter(author=author).order_by("title").iterator(chunk_size=50)
    for i, book in enumerate(books):
        equal(book.title, "%03d" % i)
        if i % 100 == 0:
            equal(m.Author.objects.filter(name="of many").count(), 1)
    equal(i, 299)


def settings():
    """Django sets the time zone of its session; what a middleware sets beside it stays with the connection too."""
    def work(worker):
        wanted = kit.settings(worker)
        with connection.cursor() as cursor:
            for name, value in wanted.items():
                cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        for _ in range(ROUNDS):
            with connection.cursor() as cursor:
                for name, value in list(wanted.items()) + [("TimeZone", "UTC")]:
                    cursor.execute("SELECT current_setting(%s)", [name])
                    equal(cursor.fetchone()[0], value, name)
        connection.close()

    concurrently(work)


kit.after_check.append(connection.close)
kit.begin("django", django.__version__)
check("migrate", migrate)
check("crud", crud)
check("atomic", atomic)
check("iterator", iterator)
check("settings", settings)
check("migrate back", lambda: call_command("migrate", APP, "zero", verbosity=0))
directory.cleanup()
kit.finish()
