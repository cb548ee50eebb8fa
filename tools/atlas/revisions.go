package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
)

const (
	revisionTable   = "atlas_schema_revisions"
	operatorVersion = "Atlas CLI v1.2.3 (engine)"
)

// revisions reads and writes the revision table of the official command.
type revisions struct {
	schema.ExecQuerier
	schema string
}

func (r revisions) table() string {
	return fmt.Sprintf("%q.%q", r.schema, revisionTable)
}

// create creates the table if it does not exist.
func (r revisions) create(ctx context.Context) error {
	_, err := r.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+r.table()+` (
		"version" character varying NOT NULL,
		"description" character varying NOT NULL,
		"type" bigint NOT NULL DEFAULT 2,
		"applied" bigint NOT NULL DEFAULT 0,
		"total" bigint NOT NULL DEFAULT 0,
		"executed_at" timestamptz NOT NULL,
		"execution_time" bigint NOT NULL,
		"error" text NULL,
		"error_stmt" text NULL,
		"hash" character varying NOT NULL,
		"partial_hashes" jsonb NULL,
		"operator_version" character varying NOT NULL,
		PRIMARY KEY ("version")
	)`)
	return err
}

func (r revisions) exists(ctx context.Context) (bool, error) {
	rows, err := r.QueryContext(ctx, "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2", r.schema, revisionTable)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// Ident implements migrate.RevisionReadWriter.
func (r revisions) Ident() *migrate.TableIdent {
	return &migrate.TableIdent{Name: revisionTable, Schema: r.schema}
}

// ReadRevisions implements migrate.RevisionReadWriter. A version that begins with a dot
// is a record that the official command keeps for itself.
func (r revisions) ReadRevisions(ctx context.Context) ([]*migrate.Revision, error) {
	return r.read(ctx, `WHERE version NOT LIKE '.%' ORDER BY version COLLATE "C"`)
}

// ReadRevision implements migrate.RevisionReadWriter.
func (r revisions) ReadRevision(ctx context.Context, version string) (*migrate.Revision, error) {
	found, err := r.read(ctx, "WHERE version = $1", version)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, migrate.ErrRevisionNotExist
	}
	return found[0], nil
}

func (r revisions) read(ctx context.Context, where string, args ...any) (found []*migrate.Revision, err error) {
	rows, err := r.QueryContext(ctx, `SELECT version, description, type, applied, total, executed_at, execution_time,
		error, error_stmt, hash, partial_hashes, operator_version FROM `+r.table()+" "+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var (
			v             migrate.Revision
			text, stmt    sql.NullString
			partialHashes []byte
		)
		if err := rows.Scan(&v.Version, &v.Description, &v.Type, &v.Applied, &v.Total, &v.ExecutedAt, &v.ExecutionTime,
			&text, &stmt, &v.Hash, &partialHashes, &v.OperatorVersion); err != nil {
			return nil, err
		}
		v.Error, v.ErrorStmt = text.String, stmt.String
		if len(partialHashes) > 0 {
			if err := json.Unmarshal(partialHashes, &v.PartialHashes); err != nil {
				return nil, err
			}
		}
		found = append(found, &v)
	}
	return found, rows.Err()
}

// WriteRevision implements migrate.RevisionReadWriter.
func (r revisions) WriteRevision(ctx context.Context, v *migrate.Revision) error {
	partialHashes, err := json.Marshal(v.PartialHashes)
	if err != nil {
		return err
	}
	_, err = r.ExecContext(ctx, `INSERT INTO `+r.table()+` (version, description, type, applied, total, executed_at,
			execution_time, error, error_stmt, hash, partial_hashes, operator_version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (version) DO UPDATE SET type = excluded.type, applied = excluded.applied, total = excluded.total,
			executed_at = excluded.executed_at, execution_time = excluded.execution_time, error = excluded.error,
			error_stmt = excluded.error_stmt, hash = excluded.hash, partial_hashes = excluded.partial_hashes,
			operator_version = excluded.operator_version`,
		v.Version, v.Description, int64(v.Type), v.Applied, v.Total, v.ExecutedAt,
		int64(v.ExecutionTime), v.Error, v.ErrorStmt, v.Hash, string(partialHashes), v.OperatorVersion)
	return err
}

// DeleteRevision implements migrate.RevisionReadWriter.
func (r revisions) DeleteRevision(ctx context.Context, version string) error {
	_, err := r.ExecContext(ctx, "DELETE FROM "+r.table()+" WHERE version = $1", version)
	return err
}

var _ migrate.RevisionReadWriter = revisions{}
