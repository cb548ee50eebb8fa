package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ariga.io/atlas/sql/migrate"
)

func status(ctx context.Context, o *options, out io.Writer) error {
	dir, err := o.validDirectory()
	if err != nil {
		return err
	}
	client, err := open(ctx, o.url)
	if err != nil {
		return err
	}
	defer client.Close()
	stored := revisions{client.Driver, client.URL.Schema}
	exists, err := stored.exists(ctx)
	if err != nil {
		return err
	}
	var (
		applied []*migrate.Revision
		reader  migrate.RevisionReadWriter = migrate.NopRevisionReadWriter{}
	)
	if exists {
		reader = stored
		if applied, err = stored.ReadRevisions(ctx); err != nil {
			return err
		}
	}
	ex, err := migrate.NewExecutor(client.Driver, dir, reader, migrate.WithAllowDirty(true))
	if err != nil {
		return err
	}
	pending, err := ex.Pending(ctx)
	if err != nil && !errors.Is(err, migrate.ErrNoPendingFiles) {
		return err
	}
	printStatus(out, applied, pending)
	return nil
}

func printStatus(out io.Writer, applied []*migrate.Revision, pending []migrate.File) {
	state, current, next := "OK", "No migration applied yet", "Already at latest version"
	var done, left, partially string
	if len(pending) > 0 {
		state, next = "PENDING", pending[0].Version()
	}
	var last *migrate.Revision
	if len(applied) > 0 {
		last = applied[len(applied)-1]
		current = last.Version
	}
	if last != nil && last.Applied < last.Total {
		done = fmt.Sprintf(" (%d statements applied)", last.Applied)
		left = fmt.Sprintf(" (%d statements left)", last.Total-last.Applied)
		partially = " (last one partially)"
	}
	fmt.Fprintf(out, `Migration Status: %s
  -- Current Version: %s%s
  -- Next Version:    %s%s
  -- Executed Files:  %d%s
  -- Pending Files:   %d
`, state, current, done, next, left, len(applied), partially, len(pending))
	if partially != "" {
		fmt.Fprintf(out, "\nLast migration attempt had errors:\n  -- SQL:   %s\n  -- ERROR: %s\n", last.ErrorStmt, last.Error)
	}
}
