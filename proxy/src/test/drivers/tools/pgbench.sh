#!/usr/bin/env bash
# pgbench in every mode of its protocol, with pipelines and with scripts that see whether answers get mixed up.
cd "$(dirname "$0")" && . ./kit.sh

# A thread for each client: with -M prepared pgbench waits for the answer to each of its Parses, and one thread that
# has begun transactions as other clients would wait for a server that it itself holds.
bench() {
    local output
    output=$(pgbench -n "$@" "$DATABASE_URL" 2>&1) || { printf 'error: %s\n' "$output"; return 1; }
    grep -q 'number of failed transactions: 0' <<<"$output" || { printf 'error: %s\n' "$output"; return 1; }
}

cat >"$work/mixed.sql" <<'SQL'
\set n random(1, 1000000)
SELECT :n AS first, :client_id AS mine \gset
SELECT 1 / (:n = :first AND :mine = :client_id)::int;
BEGIN;
SELECT :n::int + :client_id::int AS sum \gset
SELECT 1 / (:sum::int = :n::int + :client_id::int)::int;
END;
SQL
cat >"$work/pipeline.sql" <<'SQL'
\set n random(1, 1000000)
\startpipeline
SELECT 1 / (:n > 0)::int;
BEGIN;
SELECT :n + 1;
SELECT :n + 2;
END;
SELECT :n + 3;
\endpipeline
\startpipeline
SELECT :client_id;
\endpipeline
SQL

tpcb() {
    sql -c 'SELECT 1' >/dev/null
    pgbench -i -I dtGvp -q -s 1 "$DATABASE_URL"
    bench -c 4 -t 100
}

begin pgbench pgbench
check initialise tpcb
for mode in simple extended prepared; do
    of_mode() { bench -M "$mode" -c 8 -j 8 -t 150 -f "$work/mixed.sql"; }
    check "$mode" of_mode
    connecting() { bench -M "$mode" -C -c 4 -j 4 -t 20 -f "$work/mixed.sql"; }
    check "$mode, a connection for each" connecting
done
for mode in extended prepared; do
    pipelined() { bench -M "$mode" -c 8 -j 8 -t 150 -f "$work/pipeline.sql"; }
    check "pipeline, $mode" pipelined
    built_in() { bench -M "$mode" -c 8 -j 8 -t 100 -b tpcb-like; }
    check "tpcb, $mode" built_in
done
