package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/sqlclient"
)

// applyLock is the name of the lock that the official command holds while it applies.
const applyLock = "atlas_migrate_execute"

func apply(ctx context.Context, o *options, out io.Writer) error {
	var count int
	if len(o.args) > 0 {
		var err error
		if count, err = strconv.Atoi(o.args[0]); err != nil || count < 1 {
			return fmt.Errorf("cannot apply %q migration files", o.args[0])
		}
	}
	dir, err := o.validDirectory()
	if err != nil {
		return err
	}
	client, err := open(ctx, o.url)
	if err != nil {
		return err
	}
	defer client.Close()
	unlock, err := client.Driver.Lock(ctx, applyLock, o.lockTimeout)
	if err != nil {
		return fmt.Errorf("acquiring database lock: %w", err)
	}
	defer unlock()
	stored := revisions{client.Driver, client.URL.Schema}
	if err := stored.create(ctx); err != nil {
		return err
	}
	log := &applyLog{out: out}
	ex, err := executor(client.Driver, dir, stored, log)
	if err != nil {
		return err
	}
	pending, err := ex.Pending(ctx)
	if errors.Is(err, migrate.ErrNoPendingFiles) {
		fmt.Fprintln(out, "No migration files to execute")
		return nil
	}
	if err != nil {
		return err
	}
	if count > 0 && count < len(pending) {
		pending = pending[:count]
	}
	applied, err := stored.ReadRevisions(ctx)
	if err != nil {
		return err
	}
	migrate.LogIntro(log, applied, pending)
	for _, file := range pending {
		if err := applyFile(ctx, client, dir, file, log); err != nil {
			return err
		}
		log.fileDone()
	}
	log.Log(migrate.LogDone{})
	return nil
}

// applyFile applies a file in one transaction, or without one if the file says so.
func applyFile(ctx context.Context, client *sqlclient.Client, dir migrate.Dir, file migrate.File, log migrate.Logger) error {
	transactional, err := isTransactional(file)
	if err != nil {
		return err
	}
	if !transactional {
		ex, err := executor(client.Driver, dir, revisions{client.Driver, client.URL.Schema}, log)
		if err != nil {
			return err
		}
		return plain(ex.Execute(ctx, file))
	}
	tx, err := client.Tx(ctx, nil)
	if err != nil {
		return err
	}
	ex, err := executor(tx.Driver, dir, revisions{tx.Driver, client.URL.Schema}, log)
	if err == nil {
		err = plain(ex.Execute(ctx, file))
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func executor(drv migrate.Driver, dir migrate.Dir, stored revisions, log migrate.Logger) (*migrate.Executor, error) {
	return migrate.NewExecutor(drv, dir, stored, migrate.WithOperatorVersion(operatorVersion), migrate.WithLogger(log))
}

// plain returns the error of the failed statement alone: the further error, that the broken
// transaction accepts no writes, says nothing new.
func plain(err error) error {
	if stmtErr := (&migrate.StmtExecError{}); errors.As(err, &stmtErr) {
		return stmtErr
	}
	return err
}

func isTransactional(file migrate.File) (bool, error) {
	local, ok := file.(*migrate.LocalFile)
	if !ok {
		return true, nil
	}
	switch modes := local.Directive("txmode"); {
	case len(modes) == 0:
		return true, nil
	case len(modes) > 1:
		return false, fmt.Errorf("multiple txmode values found in file %q: %q", file.Name(), modes)
	case modes[0] == "file", modes[0] == "none":
		return modes[0] == "file", nil
	default:
		return false, fmt.Errorf("unknown txmode %q found in file directive %q", modes[0], file.Name())
	}
}

// applyLog prints the progress of apply.
type applyLog struct {
	out         io.Writer
	files, sqls int
	start, file time.Time
}

// Log implements migrate.Logger.
func (l *applyLog) Log(entry migrate.LogEntry) {
	switch e := entry.(type) {
	case migrate.LogExecution:
		l.start = time.Now()
		from := ""
		if e.From != "" {
			from = " from " + e.From
		}
		fmt.Fprintf(l.out, "Migrating to version %s%s (%s in total):\n\n", e.To, from, counted(len(e.Files), "migration"))
	case migrate.LogFile:
		l.file = time.Now()
		fmt.Fprintf(l.out, "  -- migrating version %s\n", e.File.Version())
	case migrate.LogStmt:
		l.sqls++
		fmt.Fprintf(l.out, "    -> %s\n", e.SQL)
	case migrate.LogError:
		fmt.Fprintf(l.out, "    %v\n\n", e.Error)
	case migrate.LogDone:
		fmt.Fprintf(l.out, "  -------------------------\n  -- %s\n  -- %s\n  -- %s\n",
			time.Since(l.start), counted(l.files, "migration"), counted(l.sqls, "sql statement"))
	}
}

func (l *applyLog) fileDone() {
	l.files++
	fmt.Fprintf(l.out, "  -- ok (%s)\n\n", time.Since(l.file))
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
