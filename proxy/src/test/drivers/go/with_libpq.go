package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lib/pq"
)

var ctx = context.Background()

func fails(err error, code string) error {
	var e *pq.Error
	if !errors.As(err, &e) || string(e.Code) != code {
		return fmt.Errorf("no error %s: %v", code, err)
	}
	return nil
}

func scan(row *sql.Row, expected string) error {
	var found string
	if err := row.Scan(&found); err != nil {
		return err
	}
	return equal(found, expected)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func main() {
	begin("lib/pq", "golang-github-lib-pq-dev")
	// lib/pq asks for TLS unless told otherwise: the server here has none, with and without Weir.
	url += "?sslmode=disable"
	db, err := sql.Open("postgres", url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	db.SetMaxOpenConns(6)
	if _, err := db.Exec("CREATE TABLE " + table + " (worker int, n int, PRIMARY KEY (worker, n))"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	check("queries", func() error {
		return concurrently(func(worker int) error {
			// A statement of database/sql is prepared again on each of its connections.
			statement, err := db.Prepare("SELECT $1::int + $2::int")
			if err != nil {
				return err
			}
			defer statement.Close()
			for i := 0; i < rounds; i++ {
				// The unnamed statement, in two round trips: Parse, Describe and Sync, then Bind and Execute.
				err := first(
					scan(db.QueryRow("SELECT $1::text || $2::int", mark, worker), fmt.Sprint(mark, worker)),
					scan(statement.QueryRow(worker, i), fmt.Sprint(worker+i)))
				if err != nil {
					return err
				}
			}
			return nil
		})
	})

	check("transactions", func() error {
		return concurrently(func(worker int) error {
			for i := 0; i < rounds; i++ {
				tx, err := db.Begin()
				if err != nil {
					return err
				}
				defer tx.Rollback()
				insert := "INSERT INTO " + table + " VALUES ($1, $2)"
				if _, err = tx.Exec(insert, worker, i); err != nil {
					return err
				}
				if _, err = tx.Exec("SAVEPOINT before"); err != nil {
					return err
				}
				_, err = tx.Exec(insert, worker, i)
				if err = fails(err, "23505"); err != nil {
					return err
				}
				if _, err = tx.Exec("ROLLBACK TO SAVEPOINT before"); err != nil {
					return err
				}
				if err = tx.Commit(); err != nil {
					return err
				}
				if tx, err = db.Begin(); err != nil {
					return err
				}
				if _, err = tx.Exec("DELETE FROM "+table+" WHERE worker = $1", worker); err != nil {
					return err
				}
				if err = tx.Rollback(); err != nil {
					return err
				}
			}
			return scan(db.QueryRow("SELECT count(*) FROM "+table+" WHERE worker = $1", worker), fmt.Sprint(rounds))
		})
	})

	check("errors", func() error {
		connection, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer connection.Close()
		for i := 0; i < 8; i++ {
			var n int
			err := first(
				fails(connection.QueryRowContext(ctx, "SELECT 6 / $1::int", 0).Scan(&n), "22012"),
				scan(connection.QueryRowContext(ctx, "SELECT 6 / $1::int", 2), "3"))
			if err != nil {
				return err
			}
		}
		return nil
	})

	check("copy", func() error {
		tx, err := db.Begin()
		if err != nil {
			return err
		}
		defer tx.Rollback()
		into, err := tx.Prepare(pq.CopyIn(table, "worker", "n"))
		if err != nil {
			return err
		}
		for i := 0; i < 1000; i++ {
			if _, err = into.Exec(900, i); err != nil {
				return err
			}
		}
		if _, err = into.Exec(); err != nil {
			return err
		}
		if err = into.Close(); err != nil {
			return err
		}
		if err = tx.Commit(); err != nil {
			return err
		}
		return scan(db.QueryRow("SELECT count(*) FROM "+table+" WHERE worker = 900"), "1000")
	})

	check("settings", func() error {
		return concurrently(func(worker int) error {
			own, err := sql.Open("postgres", fmt.Sprintf("%s&statement_timeout=%d", url, 40001+worker))
			if err != nil {
				return err
			}
			defer own.Close()
			connection, err := own.Conn(ctx)
			if err != nil {
				return err
			}
			defer connection.Close()
			for _, name := range []string{"search_path", "app.tenant"} {
				var found string
				row := connection.QueryRowContext(ctx, "SELECT set_config($1, $2, false)", name, settings(worker)[name])
				if err := row.Scan(&found); err != nil {
					return err
				}
			}
			for i := 0; i < rounds; i++ {
				for name, value := range settings(worker) {
					if err := scan(connection.QueryRowContext(ctx, "SELECT current_setting($1)", name), value); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})

	check("listen", func() error {
		listener := pq.NewListener(url, time.Second, time.Minute, nil)
		defer listener.Close()
		if err := listener.Listen(mark + "_news"); err != nil {
			return err
		}
		for i := 0; i < 5; i++ {
			if _, err := db.Exec("SELECT pg_notify($1, $2)", mark+"_news", fmt.Sprint("news ", i)); err != nil {
				return err
			}
		}
		for i := 0; i < 5; i++ {
			select {
			case n := <-listener.Notify:
				if n == nil {
					return fmt.Errorf("the connection was lost")
				}
				if err := equal(n.Extra, fmt.Sprint("news ", i)); err != nil {
					return err
				}
			case <-time.After(10 * time.Second):
				return fmt.Errorf("nothing heard")
			}
		}
		return listener.Ping()
	})

	check("cancel", func() error {
		for i := 0; i < 3; i++ {
			short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
			_, err := db.ExecContext(short, "SELECT pg_sleep(20)")
			cancel()
			if err == nil {
				return fmt.Errorf("not cancelled")
			}
			if err := scan(db.QueryRow("SELECT 1"), "1"); err != nil {
				return err
			}
		}
		return nil
	})
}
