#!/usr/bin/env bash
# pg_dump and pg_restore through the same port, while others look whether their search_path is still theirs: pg_dump
# empties its own with set_config('search_path', '', false).
cd "$(dirname "$0")" && . ./kit.sh

schema=${mark}_shop

# The default search_path, again and again, on two connections; an error ends the client and is seen.
watch_others() {
    cat >"$work/watch.sql" <<'SQL'
SELECT 1 / (current_setting('search_path') = '"$user", public' AND current_setting('statement_timeout') = '0')::int;
SQL
    pgbench -n -M "$1" -c 2 -R 100 -T 60 -f "$work/watch.sql" "$DATABASE_URL" >"$work/watch.$1" 2>&1 &
    watchers+=($!)
}

end_watch() {
    local pid
    # Whoever has ended already has met an error.
    for pid in "${watchers[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    ! grep -h 'aborted\|ERROR' "$work"/watch.*
}

fill() {
    sql <<SQL
CREATE SCHEMA $schema;
CREATE TYPE $schema.mood AS ENUM ('sad', 'happy');
CREATE TABLE $schema.authors (id serial PRIMARY KEY, name text NOT NULL UNIQUE, mood $schema.mood);
CREATE TABLE $schema.books (id bigserial PRIMARY KEY, author int REFERENCES $schema.authors, title text, body bytea);
CREATE INDEX ON $schema.books (lower(title));
CREATE VIEW $schema.titles AS SELECT name, title FROM $schema.authors JOIN $schema.books ON author = authors.id;
CREATE FUNCTION $schema.size() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM $schema.books';
INSERT INTO $schema.authors (name, mood) SELECT 'author ' || i, 'happy' FROM generate_series(1, 200) i;
INSERT INTO $schema.books (author, title, body)
    SELECT i % 200 + 1, 'title ' || i, decode(repeat('ab', 200), 'hex') FROM generate_series(1, 5000) i;
SQL
}

digest="SELECT md5(string_agg(b::text, '' ORDER BY id)) || $schema.size() FROM $schema.books b"

restored_is_the_same() {
    equal "$(psql -XqAt "$restore_url" -c "$digest")" "$(sql -c "$digest")" 'what was restored'
    equal "$(psql -XqAt "$restore_url" -c "SELECT count(*) FROM $schema.titles")" 5000
    psql -Xq "$restore_url" -c 'SET client_min_messages = warning' -c "DROP SCHEMA $schema CASCADE"
}

with_watch() {
    local watchers=()
    watch_others simple
    watch_others prepared
    "$@"
    end_watch
}

plain() {
    with_watch plain_dump
}

plain_dump() {
    pg_dump -n "$schema" "$DATABASE_URL" >"$work/plain.sql"
    psql -Xq -v ON_ERROR_STOP=1 -1 -f "$work/plain.sql" "$restore_url" >/dev/null
    restored_is_the_same
    # Rows as INSERT, a transaction each: the dump's settings must hold in all of them.
    pg_dump --rows-per-insert=100 -n "$schema" "$DATABASE_URL" | psql -Xq -v ON_ERROR_STOP=1 "$restore_url" >/dev/null
    restored_is_the_same
}

custom() {
    with_watch custom_dump
}

custom_dump() {
    pg_dump -Fc -n "$schema" "$DATABASE_URL" >"$work/custom.dump"
    pg_restore --exit-on-error -d "$restore_url" "$work/custom.dump"
    restored_is_the_same
}

parallel() {
    with_watch parallel_dump
}

parallel_dump() {
    # It holds three transactions at the same time, so the pool needs as many servers.
    pg_dump -Fd -j 2 -n "$schema" -f "$work/parallel" "$dump_url"
    pg_restore --exit-on-error -j 2 -d "$restore_url" "$work/parallel"
    restored_is_the_same
}

begin pg_dump pg_dump
check fill fill
check 'plain dump' plain
check 'custom dump' custom
check 'parallel dump' parallel
