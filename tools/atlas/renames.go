package main

import (
	"regexp"
	"strings"

	"ariga.io/atlas/sql/schema"
)

// Identifiers as Atlas and people write them: quoted or not, with a schema or without.
const ident = `(?:"?\w+"?\.)?"?(\w+)"?`

var (
	reRenameColumn = regexp.MustCompile(`(?is)^\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?` + ident + `\s+RENAME\s+(?:COLUMN\s+)?"?(\w+)"?\s+TO\s+"?(\w+)"?\s*;?\s*$`)
	reRenameTable  = regexp.MustCompile(`(?is)^\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?` + ident + `\s+RENAME\s+TO\s+"?(\w+)"?\s*;?\s*$`)
)

// withRenames turns the drop and the add that a diff finds for a RENAME into a rename.
func withRenames(stmt string, changes schema.Changes) schema.Changes {
	if m := reRenameTable.FindStringSubmatch(stmt); m != nil {
		return renamedTable(m[1], m[2], changes)
	}
	m := reRenameColumn.FindStringSubmatch(stmt)
	if m == nil || strings.EqualFold(m[2], "constraint") {
		return changes
	}
	for _, c := range changes {
		table, ok := c.(*schema.ModifyTable)
		if !ok || table.T.Name != m[1] {
			continue
		}
		inner := schema.Changes(table.Changes)
		dropped, added := inner.IndexDropColumn(m[2]), inner.IndexAddColumn(m[3])
		if dropped < 0 || added < 0 {
			continue
		}
		rename := &schema.RenameColumn{
			From: inner[dropped].(*schema.DropColumn).C,
			To:   inner[added].(*schema.AddColumn).C,
		}
		inner.RemoveIndex(dropped, added)
		table.Changes = append(inner, rename)
	}
	return changes
}

func renamedTable(from, to string, changes schema.Changes) schema.Changes {
	dropped, added := changes.IndexDropTable(from), changes.IndexAddTable(to)
	if dropped < 0 || added < 0 {
		return changes
	}
	rename := &schema.RenameTable{
		From: changes[dropped].(*schema.DropTable).T,
		To:   changes[added].(*schema.AddTable).T,
	}
	changes.RemoveIndex(dropped, added)
	return append(changes, rename)
}
