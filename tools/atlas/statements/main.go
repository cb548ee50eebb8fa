// Command statements splits SQL into statements as Atlas does for PostgreSQL. It reads a
// JSON list of texts from stdin and writes a JSON list of lists to stdout, with null for a
// text that Atlas refuses. Tests compare it with core/migrations/statements.py.
package main

import (
	"encoding/json"
	"log"
	"os"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
)

func main() {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		log.Fatal(err)
	}
	parted := make([][]string, len(texts))
	for i, text := range texts {
		stmts, err := migrate.FileStmts(&postgres.Driver{}, migrate.NewLocalFile("1.sql", []byte(text)))
		if err == nil {
			parted[i] = append([]string{}, stmts...)
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(parted); err != nil {
		log.Fatal(err)
	}
}
