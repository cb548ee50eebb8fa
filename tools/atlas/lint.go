package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqlcheck"
	"ariga.io/atlas/sql/sqlclient"
)

// longFirstFile is the number of statements up to which the first file is analysed
// statement by statement; in an empty database nothing can be lost.
const longFirstFile = 10

// lint analyses the latest files. If an analyzer reports an error, such as a destructive
// change, the command ends with exit code 1.
func lint(ctx context.Context, o *options, out io.Writer) error {
	dir, err := o.validDirectory()
	if err != nil {
		return err
	}
	all, err := dir.Files()
	if err != nil {
		return err
	}
	dev, err := open(ctx, o.devURL)
	if err != nil {
		return err
	}
	defer dev.Close()
	analyzers, err := sqlcheck.AnalyzerFor(dev.Name, nil)
	if err != nil {
		return err
	}
	from := max(0, len(all)-o.latest)
	files, err := loadChanges(ctx, dev, all[:from], all[from:])
	if err != nil {
		return err
	}
	failed := false
	for _, file := range files {
		failed = analyze(ctx, dev, file, analyzers, out) || failed
	}
	if failed {
		return errSilent
	}
	return nil
}

// analyze prints what the analyzers find in a file and reports whether one of them calls
// it an error.
func analyze(ctx context.Context, dev *sqlclient.Client, file *sqlcheck.File, analyzers []sqlcheck.Analyzer, out io.Writer) (failed bool) {
	rules := nolint(file)
	for _, analyzer := range analyzers {
		named, _ := analyzer.(sqlcheck.NamedAnalyzer)
		reported := false
		err := analyzer.Analyze(ctx, &sqlcheck.Pass{File: file, Dev: dev, Reporter: sqlcheck.ReportWriterFunc(func(r sqlcheck.Report) {
			r.Diagnostics = slices.DeleteFunc(r.Diagnostics, func(d sqlcheck.Diagnostic) bool {
				return rules.allow(d, named)
			})
			if len(r.Diagnostics) > 0 {
				reported = true
				printReport(out, file, r)
			}
		})})
		failed = failed || err != nil && reported
	}
	return failed
}

func printReport(out io.Writer, file *sqlcheck.File, r sqlcheck.Report) {
	fmt.Fprintf(out, "%s: %s:\n\n", file.Name(), r.Text)
	for _, d := range r.Diagnostics {
		line := strings.Count(string(file.Bytes()[:d.Pos]), "\n") + 1
		fmt.Fprintf(out, "\tL%d: %s (%s)\n", line, d.Text, d.Code)
	}
	fmt.Fprintln(out)
}

// loadChanges replays the directory in the dev database and attaches to each new file
// the changes that its statements make.
func loadChanges(ctx context.Context, dev *sqlclient.Client, base, latest []migrate.File) (files []*sqlcheck.File, err error) {
	restore, err := dev.Snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("taking database snapshot: %w", err)
	}
	defer func() { err = errors.Join(err, restore(ctx)) }()
	for _, file := range base {
		stmts, err := migrate.FileStmtDecls(dev.Driver, file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		if err := execute(ctx, dev, file, stmts); err != nil {
			return nil, err
		}
	}
	state, err := inspect(ctx, dev)
	if err != nil {
		return nil, err
	}
	for i, file := range latest {
		checked := &sqlcheck.File{File: file, From: state}
		stmts, err := migrate.FileStmtDecls(dev.Driver, file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		groups := slices.Collect(slices.Chunk(stmts, 1))
		if i == 0 && len(base) == 0 && len(stmts) > longFirstFile {
			groups = [][]*migrate.Stmt{stmts}
		}
		for _, group := range groups {
			if err := execute(ctx, dev, file, group); err != nil {
				return nil, err
			}
			next, err := inspect(ctx, dev)
			if err != nil {
				return nil, err
			}
			changes, err := dev.RealmDiff(state, next)
			if err != nil {
				return nil, err
			}
			state = next
			checked.Changes = append(checked.Changes, &sqlcheck.Change{Stmt: group[0], Changes: withRenames(group[0].Text, changes)})
		}
		if checked.Sum, err = dev.RealmDiff(checked.From, state); err != nil {
			return nil, err
		}
		checked.To = state
		files = append(files, checked)
	}
	return files, nil
}

func execute(ctx context.Context, dev *sqlclient.Client, file migrate.File, stmts []*migrate.Stmt) error {
	for _, stmt := range stmts {
		if _, err := dev.ExecContext(ctx, stmt.Text); err != nil {
			return fmt.Errorf("%s: executing statement: %s: %w", file.Name(), stmt.Text, err)
		}
	}
	return nil
}

func inspect(ctx context.Context, dev *sqlclient.Client) (*schema.Realm, error) {
	return dev.InspectRealm(ctx, &schema.InspectRealmOption{Schemas: []string{dev.URL.Schema}})
}

// nolintRules are the directives of a file: by statement, with "" for all rules.
type nolintRules map[int][]string

// nolint reads `-- atlas:nolint [rule…]` above a statement, or at the top of the file,
// followed by an empty line.
func nolint(file *sqlcheck.File) nolintRules {
	var whole []string
	if local, ok := file.File.(*migrate.LocalFile); ok {
		whole = local.Directive("nolint")
	}
	rules := nolintRules{}
	for _, change := range file.Changes {
		for _, d := range append(slices.Clone(whole), change.Stmt.Directive("nolint")...) {
			rules[change.Stmt.Pos] = append(rules[change.Stmt.Pos], strings.Split(d, " ")...)
		}
	}
	return rules
}

func (r nolintRules) allow(d sqlcheck.Diagnostic, analyzer sqlcheck.NamedAnalyzer) bool {
	rules := r[d.Pos]
	return slices.Contains(rules, "") || slices.Contains(rules, d.Code) ||
		analyzer != nil && slices.Contains(rules, analyzer.Name())
}
