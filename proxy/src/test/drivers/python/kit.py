"""What the Python programs share: the URL, a name of the program's own, and the lines that `run` reads."""

import os
import sys
import threading
import traceback

URL = os.environ["DATABASE_URL"]

# Every table, channel and lock of a program carries its name: several run at the same time.
MARK = os.environ.get("DRIVER_MARK", "d%d" % os.getpid())

WORKERS = 4
ROUNDS = 25

# Unlike for every worker, and unlike any default.
def settings(worker):
    return {
        "statement_timeout": "%dms" % (40001 + worker),
        "search_path": "%s_s%d, public" % (MARK, worker),
        "app.tenant": "%s tenant %d" % (MARK, worker),
    }


def begin(name, version):
    print("client %s %s" % (name, str(version).split()[0]), flush=True)


# Called after each check: a failed one must not go on holding a server in a transaction.
after_check = []


def check(name, body):
    """Runs one check and says how it went; a check that fails does not keep the next from running."""
    try:
        body()
        print("ok %s" % name, flush=True)
    except Exception as e:
        text = " ".join(str(e).split()) or type(e).__name__
        print("not ok %s: %s: %s" % (name, type(e).__name__, text[:300]), flush=True)
        if os.environ.get("DRIVER_TRACE"):
            traceback.print_exc(file=sys.stderr)
    for step in after_check:
        step()


def equal(found, expected, what=""):
    if found != expected:
        raise AssertionError("%s is %r, not %r" % (what or "it", found, expected))


def concurrently(work, workers=WORKERS):
    """Calls work(worker) in a thread for each worker, and raises the first exception of any."""
    failures = []

    def one(worker):
        try:
            work(worker)
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=one, args=(w,), daemon=True) for w in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
        if thread.is_alive():
            raise AssertionError("a worker does not come to an end")
    if failures:
        raise failures[0]


def finish():
    # Threads that hang are not waited for.
    sys.stdout.flush()
    os._exit(0)
