// Command atlas is the part of Atlas's command line that this project uses, built on
// Atlas's own engine (ariga.io/atlas), with the same names, flags and file formats. The
// official command works on the same directory.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	_ "ariga.io/atlas/sql/postgres"
	_ "ariga.io/atlas/sql/postgres/postgrescheck"
	_ "github.com/lib/pq"
)

const usage = `Usage: atlas migrate COMMAND [flags]

  diff [NAME]   Compute the diff between the migration directory and a desired state and create a new migration file.
  lint          Run analysis on the migration directory.
  hash          (Re-)create the integrity hash file of the migration directory.
  validate      Validate the migration directory's checksum and, with --dev-url, its SQL statements.
  status        Get information about the current migration status.
  apply [N]     Apply pending migration files on the connected database.
`

// errSilent ends the command with exit code 1 after everything was printed.
var errSilent = errors.New("")

var commands = map[string]func(context.Context, *options, io.Writer) error{
	"diff":     diff,
	"lint":     lint,
	"hash":     hash,
	"validate": validate,
	"status":   status,
	"apply":    apply,
}

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		if err != errSilent {
			fmt.Fprintln(os.Stderr, "Error:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) < 2 || args[0] != "migrate" || commands[args[1]] == nil {
		fmt.Fprint(os.Stderr, usage)
		return errSilent
	}
	opts, err := parse(args[1], args[2:])
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return commands[args[1]](ctx, opts, out)
}
