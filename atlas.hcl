# For people who use Atlas's own command (https://atlasgo.io); `task db:migrate:*` does not read this file.
#
#   atlas migrate diff   --env local add_tags
#   atlas migrate apply  --env local --var url="postgres://user:pw@localhost:5432/unwrapped?search_path=public&sslmode=disable"
#   atlas migrate status --env local --var url="…"
#
# A dev database of your own (--var dev="postgres://…/dev?search_path=public") must be empty. Create it
# again for each run: Atlas cleans only the schema public, and the migrations also create the schema pgq.

variable "url" {
  type    = string
  default = "postgres://postgres:postgres@localhost:5432/unwrapped?search_path=public&sslmode=disable"
}

variable "dev" {
  type    = string
  default = "docker://postgres/18/dev?search_path=public"
}

data "external_schema" "models" {
  program = ["uv", "run", "--quiet", "python", "-m", "tools.migrate", "schema"]
}

env "local" {
  src = data.external_schema.models.url
  dev = var.dev
  url = var.url

  migration {
    dir = "file://src/unwrapped/migrations"
  }

  format {
    migrate {
      diff = "{{ sql . \"  \" }}"
    }
  }
}
