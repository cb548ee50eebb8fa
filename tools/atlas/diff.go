package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlclient"
)

const versionFormat = "20060102150405"

func diff(ctx context.Context, o *options, out io.Writer) error {
	local, err := o.validDirectory()
	if err != nil {
		return err
	}
	dir := newFilesDir{local}
	dev, err := open(ctx, o.devURL)
	if err != nil {
		return err
	}
	defer dev.Close()
	desired, err := desiredState(ctx, dev, o.to)
	if err != nil {
		return err
	}
	opts := []migrate.PlannerOption{
		migrate.PlanFormat(migrate.DefaultFormatter),
		migrate.PlanWithSchemaQualifier(""),
	}
	if o.format != "" {
		opts = append(opts, migrate.PlanWithIndent("  "))
	}
	var name string
	if len(o.args) > 0 {
		name = o.args[0]
	}
	planner := migrate.NewPlanner(dev.Driver, dir, opts...)
	plan, err := planner.PlanSchema(ctx, name, migrate.Schema(desired))
	if errors.Is(err, migrate.ErrNoPlan) {
		fmt.Fprintln(out, "The migration directory is synced with the desired state, no changes to be made")
		return nil
	}
	if err != nil {
		return err
	}
	if o.dryRun {
		return migrate.DefaultFormatter.FormatTo(plan, out)
	}
	if plan.Version, err = nextVersion(dir, time.Now().UTC()); err != nil {
		return err
	}
	return planner.WritePlan(plan)
}

// desiredState executes a file of DDL in the dev database and returns the resulting schema.
func desiredState(ctx context.Context, dev *sqlclient.Client, to string) (state *schema.Schema, err error) {
	path, err := filePath(to)
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	restore, err := dev.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, restore(ctx)) }()
	stmts, err := migrate.FileStmtDecls(dev.Driver, migrate.NewLocalFile(filepath.Base(path), content))
	if err != nil {
		return nil, fmt.Errorf("reading the desired state: %w", err)
	}
	for _, stmt := range stmts {
		if _, err := dev.ExecContext(ctx, stmt.Text); err != nil {
			return nil, fmt.Errorf("reading the desired state: executing statement %q: %w", stmt.Text, err)
		}
	}
	return dev.InspectSchema(ctx, dev.URL.Schema, nil)
}

// nextVersion returns the current second, or the second after the last file's version:
// versions are seconds, and another diff within the same second would overwrite the first.
func nextVersion(dir migrate.Dir, now time.Time) (string, error) {
	version := now.Format(versionFormat)
	files, err := dir.Files()
	if err != nil || len(files) == 0 {
		return version, err
	}
	last := files[len(files)-1]
	if last.Version() < version {
		return version, nil
	}
	t, err := time.Parse(versionFormat, last.Version())
	if err != nil {
		return "", fmt.Errorf("the version of %s is not one of Atlas's, and later than now", last.Name())
	}
	return t.Add(time.Second).Format(versionFormat), nil
}

// newFilesDir is a directory that never overwrites a migration file.
type newFilesDir struct{ *migrate.LocalDir }

// WriteFile implements migrate.Dir.
func (d newFilesDir) WriteFile(name string, content []byte) error {
	if name == migrate.HashFileName {
		return d.LocalDir.WriteFile(name, content)
	}
	f, err := os.OpenFile(filepath.Join(d.Path(), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
