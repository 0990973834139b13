// What the Go programs share: the URL, a name of the program's own, and the lines that `run` reads. Each program is
// built of this file and its own.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	workers = 4
	rounds  = 25
)

var (
	url = os.Getenv("DATABASE_URL")
	// Every table, channel and lock of a program carries its name: several run at the same time.
	mark  = os.Getenv("DRIVER_MARK")
	table = mark + "_items"
)

// Unlike for every worker, and unlike any default.
func settings(worker int) map[string]string {
	return map[string]string{
		"statement_timeout": fmt.Sprintf("%dms", 40001+worker),
		"search_path":       fmt.Sprintf("%s_s%d, public", mark, worker),
		"app.tenant":        fmt.Sprintf("%s tenant %d", mark, worker),
	}
}

// begin prints the client and the version of the Debian package that it was built of.
func begin(name, debianPackage string) {
	version := "?"
	out, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", debianPackage).Output()
	if err == nil {
		version = strings.SplitN(string(out), "-", 2)[0]
	}
	fmt.Println("client", name, version)
}

// check runs one check and says how it went; one that fails does not keep the next from running.
func check(name string, body func() error) {
	end := make(chan error, 1)
	go func() { end <- body() }()
	var err error
	select {
	case err = <-end:
	case <-time.After(50 * time.Second):
		err = fmt.Errorf("not ended after 50 s")
	}
	if err == nil {
		fmt.Println("ok", name)
		return
	}
	text := ""
	scanner := bufio.NewScanner(strings.NewReader(err.Error()))
	for scanner.Scan() {
		text += " " + scanner.Text()
	}
	fmt.Printf("not ok %s:%.300s\n", name, text)
}

func concurrently(work func(worker int) error) error {
	var group sync.WaitGroup
	failures := make(chan error, workers)
	for w := 0; w < workers; w++ {
		w := w
		group.Add(1)
		go func() {
			defer group.Done()
			if err := work(w); err != nil {
				failures <- err
			}
		}()
	}
	group.Wait()
	select {
	case err := <-failures:
		return err
	default:
		return nil
	}
}

func equal(found, expected interface{}) error {
	if found != expected {
		return fmt.Errorf("%v is not %v", found, expected)
	}
	return nil
}
