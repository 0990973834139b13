#!/usr/bin/env bash
# psql: scripts, variables, \copy, \watch-like repetition, and what administrators type.
cd "$(dirname "$0")" && . ./kit.sh

scripts() {
    cat >"$work/script.sql" <<SQL
CREATE SCHEMA ${mark}_script;
SET search_path = ${mark}_script;
CREATE TABLE t (a int PRIMARY KEY, b text);
INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 100) i;
SAVEPOINT here;
DELETE FROM t;
ROLLBACK TO here;
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS \$body\$ SELECT count(*) FROM t; \$body\$;
SELECT f();
SQL
    equal "$(psql -XqAt -1 -v ON_ERROR_STOP=1 -f "$work/script.sql" "$DATABASE_URL")" 100
    equal "$(sql -c "SELECT count(*) FROM ${mark}_script.t")" 100
    # A script that fails leaves nothing.
    printf 'CREATE TABLE %s_never (a int);\nSELECT 1 / 0;\n' "$mark" >"$work/bad.sql"
    ! psql -Xq -1 -v ON_ERROR_STOP=1 -f "$work/bad.sql" "$DATABASE_URL" 2>/dev/null
    equal "$(sql -c "SELECT to_regclass('${mark}_never') IS NULL")" t
}

settings_in_a_script() {
    local worker pids=()
    for worker in 1 2 3 4; do
        {
            echo "SET statement_timeout = $((40000 + worker)); SET app.tenant = '$mark $worker';"
            echo "SELECT set_config('search_path', 's$worker', false);"
            for _ in $(seq 25); do
                echo "SELECT current_setting('statement_timeout') || current_setting('app.tenant') || current_setting('search_path');"
            done
        } >"$work/settings$worker.sql"
        (
            said=$(psql -XqAt -v ON_ERROR_STOP=1 -f "$work/settings$worker.sql" "$DATABASE_URL" | tail -n +2 | sort -u)
            equal "$said" "$((40000 + worker))ms$mark ${worker}s$worker"
        ) &
        pids+=($!)
    done
    for worker in "${pids[@]}"; do
        wait "$worker"
    done
}

startup_options() {
    equal "$(PGOPTIONS='-c statement_timeout=7777 -c search_path=elsewhere' sql -c 'SHOW statement_timeout' -c 'SHOW search_path')" $'7777ms\nelsewhere'
    equal "$(sql -c 'SHOW statement_timeout' -c 'SHOW search_path')" $'0\n"$user", public'
    equal "$(PGTZ=Asia/Tokyo PGDATESTYLE=German sql -c 'SHOW TimeZone' -c 'SHOW DateStyle')" $'Asia/Tokyo\nGerman, DMY'
}

copy_both_ways() {
    seq 1 20000 | awk '{print $1 "\trow " $1}' >"$work/in.tsv"
    sql -c "CREATE TABLE ${mark}_copy (a int, b text)" -c "\\copy ${mark}_copy FROM '$work/in.tsv'"
    sql -c "\\copy (SELECT * FROM ${mark}_copy ORDER BY a) TO '$work/out.tsv'"
    cmp "$work/in.tsv" "$work/out.tsv"
    ! printf 'x\ty\n' | sql -c "\\copy ${mark}_copy FROM STDIN" 2>/dev/null
    equal "$(sql -c "SELECT count(*) FROM ${mark}_copy")" 20000
}

prepared_by_hand() {
    local pids=() worker
    for worker in 1 2 3 4; do
        (
            {
                echo "PREPARE mine (int) AS SELECT \$1 * $worker;"
                for i in $(seq 20); do echo "EXECUTE mine ($i);"; done
                echo 'DEALLOCATE mine;'
            } >"$work/prepared$worker.sql"
            equal "$(sql -f "$work/prepared$worker.sql" | paste -sd+ | bc_sum)" $((210 * worker))
        ) &
        pids+=($!)
    done
    for worker in "${pids[@]}"; do
        wait "$worker"
    done
}

bc_sum() {
    local expression
    read -r expression
    echo $((expression))
}

temporary_tables() {
    {
        echo 'CREATE TEMPORARY TABLE scratch (n int);'
        for i in $(seq 10); do echo "INSERT INTO scratch VALUES ($i);"; done
        echo 'SELECT sum(n) FROM scratch;'
    } >"$work/temporary.sql"
    equal "$(sql -f "$work/temporary.sql")" 55
    ! sql -c 'SELECT 1 FROM scratch' 2>/dev/null
}

maintenance() {
    sql -c "CREATE TABLE ${mark}_busy AS SELECT i AS a FROM generate_series(1, 5000) i"
    sql -c "VACUUM (ANALYZE) ${mark}_busy"
    sql -c "CREATE INDEX CONCURRENTLY ${mark}_busy_a ON ${mark}_busy (a)"
    sql -c "REINDEX INDEX CONCURRENTLY ${mark}_busy_a"
    sql -c "REINDEX TABLE ${mark}_busy"
    sql -c "CLUSTER ${mark}_busy USING ${mark}_busy_a"
    sql -c "ALTER TABLE ${mark}_busy ADD b text DEFAULT 'x'"
    vacuumdb -q -z -t "${mark}_busy" -d "$DATABASE_URL"
    reindexdb -q -t "${mark}_busy" -d "$DATABASE_URL"
    equal "$(sql -c "SELECT count(*) FROM ${mark}_busy WHERE b = 'x'")" 5000
}

listen() {
    local output
    output=$(printf 'LISTEN %s_news;\nSELECT 1;\nNOTIFY %s_news, %s;\nSELECT 2;\nSELECT 3;\n' "$mark" "$mark" "'to myself'" |
        psql -XAt "$DATABASE_URL")
    grep -q "Asynchronous notification \"${mark}_news\" with payload \"to myself\"" <<<"$output" || {
        echo "error: no notification in: $output"
        return 1
    }
}

cancel() {
    local status=0
    # The shell tells a background process to ignore SIGINT, so Ctrl-C comes from timeout.
    timeout -s INT 2 psql -XqAt "$DATABASE_URL" -c 'SELECT pg_sleep(20)' >"$work/cancel" 2>&1 || status=$?
    grep -q 'canceling statement due to user request' "$work/cancel"
    equal "$(sql -c 'SELECT 1')" 1
}

begin psql psql
check scripts scripts
check settings settings_in_a_script
check 'options at start' startup_options
check copy copy_both_ways
check 'prepare in sql' prepared_by_hand
check 'temporary tables' temporary_tables
check maintenance maintenance
check listen listen
check cancel cancel
