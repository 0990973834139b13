package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

var ctx = context.Background()

func fails(err error, code string) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Code != code {
		return fmt.Errorf("no error %s: %v", code, err)
	}
	return nil
}

type queryer interface {
	QueryRow(ctx context.Context, sql string, args ...interface{}) pgx.Row
}

func scan(q queryer, expected, query string, args ...interface{}) error {
	var found string
	if err := q.QueryRow(ctx, query, args...).Scan(&found); err != nil {
		return err
	}
	return equal(found, expected)
}

func transaction(pool *pgxpool.Pool, worker, i int) error {
	insert := "INSERT INTO " + table + " VALUES ($1, $2)"
	err := pool.BeginFunc(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, insert, worker, i); err != nil {
			return err
		}
		err := tx.BeginFunc(ctx, func(inner pgx.Tx) error {
			_, err := inner.Exec(ctx, insert, worker, i)
			return err
		})
		return fails(err, "23505")
	})
	if err != nil {
		return err
	}
	back := errors.New("back")
	err = pool.BeginFunc(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE worker = $1", worker); err != nil {
			return err
		}
		return back
	})
	if err != back {
		return err
	}
	return nil
}

func main() {
	begin("pgx", "golang-github-jackc-pgx-v4-dev")
	pool, err := pgxpool.Connect(ctx, url)
	if err == nil {
		_, err = pool.Exec(ctx, "CREATE TABLE "+table+" (worker int, n int, PRIMARY KEY (worker, n))")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	check("queries", func() error {
		// Each connection prepares each text under a name of its own, once, and keeps it.
		return concurrently(func(worker int) error {
			for i := 0; i < rounds; i++ {
				if err := scan(pool, fmt.Sprint(mark, worker+i), "SELECT $1::text || ($2::int + $3::int)", mark, worker, i); err != nil {
					return err
				}
			}
			return nil
		})
	})

	check("transactions", func() error {
		return concurrently(func(worker int) error {
			for i := 0; i < rounds; i++ {
				if err := transaction(pool, worker, i); err != nil {
					return err
				}
			}
			return scan(pool, fmt.Sprint(rounds), "SELECT count(*)::text FROM "+table+" WHERE worker = $1", worker)
		})
	})

	check("batches", func() error {
		return concurrently(func(worker int) error {
			for round := 0; round < 5; round++ {
				batch := &pgx.Batch{}
				for i := 0; i < 20; i++ {
					batch.Queue("SELECT ($1::int * $2::int)::text", worker, i)
				}
				results := pool.SendBatch(ctx, batch)
				for i := 0; i < 20; i++ {
					var found string
					if err := results.QueryRow().Scan(&found); err != nil {
						results.Close()
						return err
					}
					if err := equal(found, fmt.Sprint(worker*i)); err != nil {
						results.Close()
						return err
					}
				}
				if err := results.Close(); err != nil {
					return err
				}
				failing := &pgx.Batch{}
				failing.Queue("SELECT 1 / $1::int", 1)
				failing.Queue("SELECT 1 / $1::int", 0)
				failing.Queue("SELECT 1 / $1::int", 1)
				results = pool.SendBatch(ctx, failing)
				_, err := results.Exec()
				if err == nil {
					_, err = results.Exec()
				}
				results.Close()
				if err := fails(err, "22012"); err != nil {
					return err
				}
			}
			return nil
		})
	})

	check("errors", func() error {
		for i := 0; i < 8; i++ {
			_, err := pool.Exec(ctx, "SELECT 6 / $1::int", 0)
			if err := fails(err, "22012"); err != nil {
				return err
			}
			_, err = pool.Exec(ctx, "SELECT nothing_of_the_sort")
			if err := fails(err, "42703"); err != nil {
				return err
			}
		}
		return scan(pool, "3", "SELECT (6 / $1::int)::text", 2)
	})

	check("copy", func() error {
		rows := make([][]interface{}, 1000)
		for i := range rows {
			rows[i] = []interface{}{int32(900), int32(i)}
		}
		n, err := pool.CopyFrom(ctx, pgx.Identifier{table}, []string{"worker", "n"}, pgx.CopyFromRows(rows))
		if err != nil {
			return err
		}
		return equal(n, int64(1000))
	})

	check("settings", func() error {
		return concurrently(func(worker int) error {
			config, err := pgx.ParseConfig(url)
			if err != nil {
				return err
			}
			config.RuntimeParams["statement_timeout"] = settings(worker)["statement_timeout"]
			config.RuntimeParams["search_path"] = settings(worker)["search_path"]
			connection, err := pgx.ConnectConfig(ctx, config)
			if err != nil {
				return err
			}
			defer connection.Close(ctx)
			if _, err := connection.Exec(ctx, "SET app.tenant = '"+settings(worker)["app.tenant"]+"'"); err != nil {
				return err
			}
			for i := 0; i < rounds; i++ {
				for name, value := range settings(worker) {
					if err := scan(connection, value, "SELECT current_setting($1)", name); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})

	check("listen", func() error {
		listener, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer listener.Close(ctx)
		if _, err := listener.Exec(ctx, "LISTEN "+mark+"_news"); err != nil {
			return err
		}
		for i := 0; i < 5; i++ {
			if _, err := pool.Exec(ctx, "SELECT pg_notify($1, $2)", mark+"_news", fmt.Sprint("news ", i)); err != nil {
				return err
			}
		}
		for i := 0; i < 5; i++ {
			patience, cancel := context.WithTimeout(ctx, 10*time.Second)
			n, err := listener.WaitForNotification(patience)
			cancel()
			if err != nil {
				return err
			}
			if err := equal(n.Payload, fmt.Sprint("news ", i)); err != nil {
				return err
			}
		}
		return nil
	})

	check("timeouts", func() error {
		for i := 0; i < 3; i++ {
			short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
			_, err := pool.Exec(short, "SELECT pg_sleep(2)")
			cancel()
			if err == nil {
				return fmt.Errorf("no timeout")
			}
		}
		return scan(pool, "1", "SELECT 1::text")
	})

	check("simple protocol", func() error {
		return concurrently(func(worker int) error {
			for i := 0; i < rounds; i++ {
				if err := scan(pool, fmt.Sprint(worker), "SELECT $1::text", pgx.QuerySimpleProtocol(true), fmt.Sprint(worker)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
