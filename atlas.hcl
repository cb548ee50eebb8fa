# For people with Atlas's own command (https://atlasgo.io); `task db:migrate:*` needs none of it.
#
#   atlas migrate diff   --env local add_tags
#   atlas migrate apply  --env local --var url="postgres://user:pw@localhost:5432/unwrapped?search_path=public&sslmode=disable"
#   atlas migrate status --env local --var url="…"
#
# A dev database of your own (--var dev="postgres://…/dev?search_path=public") must be empty, and
# made anew for each run: Atlas cleans the schema public, and the migrations make the schema pgq, too.

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
