-- Create "spotify_sync" table
CREATE TABLE "spotify_sync" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "updated_at" timestamptz NOT NULL DEFAULT now(),
  "user_id" bigint NOT NULL,
  "agreed_at" timestamptz NOT NULL,
  "cursor" bigint NULL,
  "next_sync_at" timestamptz NOT NULL,
  "last_synced_at" timestamptz NULL,
  "last_error_code" text NULL,
  PRIMARY KEY ("user_id"),
  CONSTRAINT "fk_spotify_sync_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
-- Create index "ix_spotify_sync_next_sync_at" to table: "spotify_sync"
CREATE INDEX "ix_spotify_sync_next_sync_at" ON "spotify_sync" ("next_sync_at");
