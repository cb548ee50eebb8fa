package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ariga.io/atlas/sql/migrate"
)

func hash(_ context.Context, o *options, _ io.Writer) error {
	dir, err := o.directory()
	if err != nil {
		return err
	}
	sum, err := dir.Checksum()
	if err != nil {
		return err
	}
	return migrate.WriteSumFile(dir, sum)
}

func validate(ctx context.Context, o *options, _ io.Writer) error {
	dir, err := o.validDirectory()
	if err != nil || o.devURL == "" {
		return err
	}
	dev, err := open(ctx, o.devURL)
	if err != nil {
		return err
	}
	defer dev.Close()
	ex, err := migrate.NewExecutor(dev.Driver, dir, migrate.NopRevisionReadWriter{})
	if err != nil {
		return err
	}
	_, err = ex.Replay(ctx, migrate.SchemaConn(dev, "", nil))
	if err != nil && !errors.Is(err, migrate.ErrNoPendingFiles) {
		return fmt.Errorf("replaying the migration directory: %w", err)
	}
	return nil
}
