-- Create "correction" table
CREATE TABLE "correction" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "id" uuid NOT NULL,
  "user_id" bigint NOT NULL,
  "action" text NOT NULL,
  "scope" text NOT NULL,
  "subject" text NOT NULL,
  "artist" text NULL,
  "title" text NULL,
  "album" text NULL,
  "targets" text[] NOT NULL,
  "weekdays" smallint[] NULL,
  "begins" time NULL,
  "ends" time NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "uq_correction_subject" UNIQUE ("user_id", "scope", "subject"),
  CONSTRAINT "fk_correction_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE,
  CONSTRAINT "ck_correction_action" CHECK (action = ANY (ARRAY['split'::text, 'count_as'::text, 'exclude'::text])),
  CONSTRAINT "ck_correction_scope" CHECK (scope = ANY (ARRAY['artist'::text, 'album'::text, 'track'::text, 'window'::text])),
  CONSTRAINT "ck_correction_targeted" CHECK (
CASE action
    WHEN 'exclude'::text THEN (cardinality(targets) = 0)
    WHEN 'split'::text THEN ((scope = 'artist'::text) AND (cardinality(targets) >= 2))
    ELSE (cardinality(targets) =
    CASE scope
        WHEN 'artist'::text THEN 1
        WHEN 'album'::text THEN 1
        WHEN 'track'::text THEN 2
        ELSE '-1'::integer
    END)
END),
  CONSTRAINT "ck_correction_whole" CHECK (
CASE scope
    WHEN 'artist'::text THEN ((artist IS NOT NULL) AND (title IS NULL) AND (album IS NULL))
    WHEN 'album'::text THEN ((artist IS NOT NULL) AND (title IS NULL) AND (album IS NOT NULL))
    WHEN 'track'::text THEN ((artist IS NOT NULL) AND (title IS NOT NULL))
    ELSE ((artist IS NULL) AND (title IS NULL) AND (album IS NULL))
END AND
CASE scope
    WHEN 'window'::text THEN ((weekdays IS NOT NULL) AND (begins IS NOT NULL) AND (ends IS NOT NULL) AND (cardinality(weekdays) > 0))
    ELSE ((weekdays IS NULL) AND (begins IS NULL) AND (ends IS NULL))
END)
);
-- Create index "ix_correction_listing" to table: "correction"
CREATE INDEX "ix_correction_listing" ON "correction" ("user_id", "created_at", "id");
-- Create "correction_state" table
CREATE TABLE "correction_state" (
  "user_id" bigint NOT NULL,
  "version" bigint NOT NULL,
  PRIMARY KEY ("user_id"),
  CONSTRAINT "fk_correction_state_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
