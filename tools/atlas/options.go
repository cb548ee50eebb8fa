package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqlclient"
)

// options are the flags of all commands; each command takes its own from them.
type options struct {
	dir         string
	to          string
	url         string
	devURL      string
	format      string
	dryRun      bool
	latest      int
	lockTimeout time.Duration
	args        []string // the arguments that are not flags: a name, a number
}

// indentFormat is the only supported format of diff: Atlas's template for indented
// statements.
const indentFormat = `{{ sql . "  " }}`

func parse(command string, args []string) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("atlas migrate "+command, flag.ContinueOnError)
	f.StringVar(&o.dir, "dir", "file://migrations", "select migration directory using URL format")
	switch command {
	case "diff":
		f.StringVar(&o.to, "to", "", "desired state: file://schema.sql")
		f.StringVar(&o.devURL, "dev-url", "", "an empty database to work in")
		f.StringVar(&o.format, "format", "", "'"+indentFormat+"' indents the statements")
		f.BoolVar(&o.dryRun, "dry-run", false, "print the generated file to stdout instead of writing it")
	case "lint":
		f.StringVar(&o.devURL, "dev-url", "", "an empty database to work in")
		f.IntVar(&o.latest, "latest", 0, "run analysis on the latest N migration files")
	case "validate":
		f.StringVar(&o.devURL, "dev-url", "", "an empty database to replay the directory in")
	case "status":
		f.StringVar(&o.url, "url", "", "the database")
	case "apply":
		f.StringVar(&o.url, "url", "", "the database")
		f.DurationVar(&o.lockTimeout, "lock-timeout", 10*time.Second, "how long to wait for the database lock")
	}
	// Flags and arguments may come in any order.
	for rest := args; ; {
		if err := f.Parse(rest); err != nil {
			return nil, err
		}
		if f.NArg() == 0 {
			break
		}
		o.args = append(o.args, f.Arg(0))
		rest = f.Args()[1:]
	}
	return o, o.check(command, f)
}

func (o *options) check(command string, f *flag.FlagSet) error {
	for _, name := range []string{"to", "dev-url", "url"} {
		required := f.Lookup(name) != nil && !(command == "validate" && name == "dev-url")
		if required && f.Lookup(name).Value.String() == "" {
			return fmt.Errorf("required flag %q not set", name)
		}
	}
	allowed := map[string]int{"diff": 1, "apply": 1}[command]
	if len(o.args) > allowed {
		return fmt.Errorf("accepts at most %d arg(s), received %d", allowed, len(o.args))
	}
	if o.format != "" && o.format != indentFormat {
		return fmt.Errorf("only the format %s is supported", indentFormat)
	}
	if command == "lint" && o.latest < 1 {
		return errors.New(`required flag "latest" not set`)
	}
	return nil
}

// filePath returns the path of a file:// URL.
func filePath(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", err
	}
	if u.Scheme != "file" {
		return "", fmt.Errorf("missing scheme. Did you mean file://%s?", raw)
	}
	return filepath.Join(u.Host, u.Path), nil
}

// directory opens the migration directory without checking atlas.sum.
func (o *options) directory() (*migrate.LocalDir, error) {
	path, err := filePath(o.dir)
	if err != nil {
		return nil, err
	}
	return migrate.NewLocalDir(path)
}

// validDirectory opens the migration directory, and prints an explanation if the files do
// not match atlas.sum.
func (o *options) validDirectory() (*migrate.LocalDir, error) {
	dir, err := o.directory()
	if err != nil {
		return nil, err
	}
	if err := migrate.Validate(dir); err != nil {
		fmt.Fprintln(os.Stderr, "You have a checksum error in your migration directory.")
		if csErr := (&migrate.ChecksumError{}); errors.As(err, &csErr) {
			fmt.Fprintf(os.Stderr, "\n\tL%d: %s was %s\n\n", csErr.Line, csErr.File, csErr.Reason)
		}
		fmt.Fprintln(os.Stderr, "Please check your migration files and run 'atlas migrate hash' to re-hash the contents")
		return nil, err
	}
	return dir, nil
}

// open connects to a database by a URL that names one schema.
func open(ctx context.Context, raw string) (*sqlclient.Client, error) {
	client, err := sqlclient.Open(ctx, raw)
	if err != nil {
		return nil, err
	}
	if client.URL.Schema == "" || strings.Contains(client.URL.Schema, ",") {
		client.Close()
		return nil, errors.New("the URL must name one schema: ?search_path=public")
	}
	return client, nil
}
