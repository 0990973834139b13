# shellcheck shell=bash
# What the programs of PostgreSQL's own tools share: a name of the program's own, and the lines that `run` reads.
set -uo pipefail
mark=${DRIVER_MARK:-d$$}
: "${DATABASE_URL:?}"
# An empty database to restore into, and one whose pool has servers for parallel dumps.
restore_url=${RESTORE_DATABASE_URL:-${DATABASE_URL%/*}/restored}
dump_url=${DUMP_DATABASE_URL:-$DATABASE_URL}
export PGCONNECT_TIMEOUT=20
# psql without the user's own start file.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

begin() {
    local version
    version=$("$2" --version | sed 's/^[^0-9]*\([0-9.]*\).*/\1/')
    echo "client $1 $version"
}

sql() {
    psql -XqAt -v ON_ERROR_STOP=1 "$DATABASE_URL" "$@"
}

equal() {
    [ "$1" = "$2" ] || {
        echo "${3:-it} is '$1', not '$2'" >&2
        return 1
    }
}

# check NAME FUNCTION: one check in a subshell that ends with its first failing command; its last line says why.
check() {
    local status=0
    (set -e; "$2") >"$work/out" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then
        echo "ok $1"
    else
        echo "not ok $1: $(grep -iE 'error|is .*, not|fatal' "$work/out" | head -n 1 | cut -c 1-300) (status $status)"
        cat "$work/out" >&2
    fi
}
