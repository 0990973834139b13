# shellcheck shell=sh
# Keeps the embedded PostgreSQL of `weir demo`: makes it, starts it, and when its standard input ends, which it does
# however Weir ends, stops it and removes every trace. Run as: sh -s DIRECTORY [WORDS THAT DROP ROOT'S RIGHTS ...]
set -u
# Signals of the terminal reach the whole process group; only the end of the input counts here.
trap '' HUP INT QUIT TERM

directory=$1
shift

make_cluster() {
    mkdir -m 0700 "$directory/data" "$directory/socket" || return
    if [ $# -gt 0 ]; then
        chown "$account" "$directory/data" "$directory/socket" || return
    fi
    "$@" "$directory/postgres/bin/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --locale=C \
        --no-sync --no-instructions >/dev/null || return
    for database in postgres demo; do
        "$@" "$directory/postgres/bin/postgres" --single -F -D "$directory/data" "$database" \
            <"$directory/$database.sql" >/dev/null || return
    done
}

start() {
    # Options are words without blanks.
    # shellcheck disable=SC2086
    "$@" "$directory/postgres/bin/postgres" -D "$directory/data" -F -c listen_addresses= -c port=5432 \
        -c unix_socket_directories="$directory/socket" -c max_connections=100 -c full_page_writes=off \
        $argument </dev/null 2>&1 &
    # From here on the server alone holds the output: its end tells that the server ended.
    exec >/dev/null 2>&1
}

while read -r word argument; do
    case $word in
        account) account=$argument ;;
        start)
            if make_cluster "$@" 2>&1; then
                start "$@"
            else
                exec >/dev/null 2>&1
            fi
            ;;
    esac
done

if [ -f "$directory/data/postmaster.pid" ]; then
    read -r postmaster <"$directory/data/postmaster.pid"
    kill -INT "$postmaster" 2>/dev/null
    wait
fi
rm -rf "$directory"
