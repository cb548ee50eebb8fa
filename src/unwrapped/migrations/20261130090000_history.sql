-- The history by the start of listens: what is logged otherwise is carried over here; marks
-- and names are settled by the rules of today when a history is changed, or by a task.
-- Create "history" table
CREATE TABLE "history" (
  "user_id" bigint NOT NULL,
  "version" bigint NOT NULL,
  "rules" text NOT NULL,
  "next_number" integer NOT NULL,
  "logs" smallint[] NOT NULL,
  "streamed" int4multirange NOT NULL,
  "removals" integer NOT NULL,
  PRIMARY KEY ("user_id"),
  CONSTRAINT "fk_history_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
INSERT INTO "history" SELECT "user_id", 1, '', 1, array_agg(DISTINCT "source"), '{}', 0 FROM "listen" GROUP BY "user_id";
-- Modify "history_import" table
ALTER TABLE "history_import" ADD CONSTRAINT "uq_history_import_user_id_id" UNIQUE ("user_id", "id");
-- Create "import_records" table
CREATE TABLE "import_records" (
  "user_id" bigint NOT NULL,
  "import_id" uuid NOT NULL,
  "records" int4multirange NOT NULL,
  "content" text NULL,
  "names" text[] NOT NULL,
  "removals" integer NOT NULL,
  PRIMARY KEY ("user_id", "import_id"),
  CONSTRAINT "fk_import_records_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE,
  CONSTRAINT "fk_import_records_user_id_import_id" FOREIGN KEY ("user_id", "import_id") REFERENCES "history_import" ("user_id", "id") ON UPDATE NO ACTION ON DELETE CASCADE
);
-- Create index "ix_import_records_content" to table: "import_records"
CREATE INDEX "ix_import_records_content" ON "import_records" ("user_id", "content");
-- Modify "listen" table: in one pass over its rows
ALTER TABLE "listen" DROP CONSTRAINT "uq_listen_exact_key",
  ALTER COLUMN "logged_at" TYPE timestamptz USING (CASE WHEN "source" IN (1, 2) THEN "logged_at" - coalesce("ms_played", 0) * interval '1 millisecond' ELSE "logged_at" END),
  ALTER COLUMN "shadowed" TYPE smallint USING (CASE WHEN "shadowed" THEN 1 ELSE 0 END),
  ADD COLUMN "length_ms" integer NOT NULL DEFAULT 0,
  ADD COLUMN "number" integer NOT NULL DEFAULT 0;
ALTER TABLE "listen" RENAME COLUMN "logged_at" TO "started_at";
ALTER TABLE "listen" RENAME COLUMN "source" TO "log";
ALTER TABLE "listen" RENAME COLUMN "shadowed" TO "mark";
ALTER TABLE "listen" ADD CONSTRAINT "uq_listen_exact_key" UNIQUE NULLS NOT DISTINCT ("user_id", "started_at", "recording_id", "log", "ms_played");
-- Create index "ix_listen_long" to table: "listen"
CREATE INDEX "ix_listen_long" ON "listen" ("user_id", "started_at") WHERE (ms_played > 7200000);
-- Modify "also_spelled" table: it becomes "also_logged"
ALTER TABLE "also_spelled" RENAME TO "also_logged";
ALTER TABLE "also_logged" RENAME CONSTRAINT "fk_also_spelled_user_id_recording_id_spelling_id" TO "fk_also_logged_user_id_recording_id_spelling_id";
ALTER TABLE "also_logged" DROP CONSTRAINT "uq_also_spelled",
  ALTER COLUMN "logged_at" TYPE timestamptz USING (CASE WHEN "source" IN (1, 2) THEN "logged_at" - coalesce("ms_played", 0) * interval '1 millisecond' ELSE "logged_at" END),
  ADD COLUMN "length_ms" integer NOT NULL DEFAULT 0,
  ADD COLUMN "number" integer NOT NULL DEFAULT 0,
  ADD COLUMN "end_reason_id" integer NULL,
  ADD COLUMN "skipped" boolean NULL,
  ADD COLUMN "shuffle" boolean NULL;
ALTER TABLE "also_logged" RENAME COLUMN "logged_at" TO "started_at";
ALTER TABLE "also_logged" RENAME COLUMN "source" TO "log";
CREATE INDEX "ix_also_logged_started_at" ON "also_logged" ("user_id", "started_at");
CREATE INDEX "ix_also_logged_spelling" ON "also_logged" ("user_id", "recording_id", "spelling_id");
-- Modify "artist" and "track" tables: public ids are derived from keys
CREATE FUNCTION "public_id_of" ("keys" text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT rtrim(translate(encode(substring(sha256(convert_to("keys", 'UTF8')) FROM 1 FOR 16), 'base64'), '+/', '-_'), '=')
$$;
ALTER TABLE "artist" ADD COLUMN "public_id" text NULL;
UPDATE "artist" SET "public_id" = "public_id_of"("key");
ALTER TABLE "artist" ALTER COLUMN "public_id" SET NOT NULL;
CREATE UNIQUE INDEX "uq_artist_public_id" ON "artist" ("user_id", "public_id");
ALTER TABLE "track" ADD COLUMN "public_id" text NULL;
UPDATE "track" SET "public_id" = "public_id_of"("artist"."key" || chr(31) || "track"."key") FROM "artist" WHERE "artist"."user_id" = "track"."user_id" AND "artist"."id" = "track"."artist_id";
ALTER TABLE "track" ALTER COLUMN "public_id" SET NOT NULL;
CREATE UNIQUE INDEX "uq_track_public_id" ON "track" ("user_id", "public_id");
CREATE INDEX "ix_track_artist" ON "track" ("user_id", "artist_id");
-- Create "album" table: as recordings are shown so far
CREATE TABLE "album" (
  "user_id" bigint NOT NULL,
  "id" integer NOT NULL,
  "public_id" text NOT NULL,
  "artist_id" integer NOT NULL,
  "name" text NOT NULL,
  PRIMARY KEY ("user_id", "id"),
  CONSTRAINT "fk_album_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE,
  CONSTRAINT "fk_album_user_id_artist_id" FOREIGN KEY ("user_id", "artist_id") REFERENCES "artist" ("user_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION
);
CREATE INDEX "ix_album_artist" ON "album" ("user_id", "artist_id");
CREATE UNIQUE INDEX "uq_album_public_id" ON "album" ("user_id", "public_id");
-- Modify "spelling" table: the start of the latest listen, and the album that is shown
ALTER TABLE "spelling" RENAME COLUMN "last_logged" TO "last_started";
ALTER TABLE "spelling" ADD COLUMN "album_id" integer NULL;
CREATE TABLE "shown" AS
SELECT DISTINCT ON ("spelling"."user_id", "spelling"."recording_id") "spelling"."user_id", "spelling"."recording_id", "track"."artist_id", "artist"."key" AS "artist_key", "spelling"."album_key", "recording"."album"
FROM "spelling"
JOIN "recording" ON "recording"."user_id" = "spelling"."user_id" AND "recording"."id" = "spelling"."recording_id"
JOIN "track" ON "track"."user_id" = "spelling"."user_id" AND "track"."id" = "recording"."track_id"
JOIN "artist" ON "artist"."user_id" = "spelling"."user_id" AND "artist"."id" = "track"."artist_id"
ORDER BY "spelling"."user_id", "spelling"."recording_id", "spelling"."last_started" DESC, "spelling"."artist" COLLATE "C", "spelling"."title" COLLATE "C", "spelling"."album" COLLATE "C" NULLS LAST;
INSERT INTO "album" ("user_id", "id", "public_id", "artist_id", "name")
SELECT "user_id", row_number() OVER (PARTITION BY "user_id" ORDER BY "public_id"), "public_id", "artist_id", "album"
FROM (SELECT DISTINCT ON ("user_id", "artist_key", "album_key") "user_id", "artist_id", "public_id_of"("artist_key" || chr(31) || "album_key") AS "public_id", "album" FROM "shown" WHERE "album_key" IS NOT NULL AND "album" IS NOT NULL ORDER BY "user_id", "artist_key", "album_key", "album" COLLATE "C") AS "named";
UPDATE "spelling" SET "album_id" = "album"."id" FROM "shown"
JOIN "album" ON "album"."user_id" = "shown"."user_id" AND "album"."public_id" = "public_id_of"("shown"."artist_key" || chr(31) || "shown"."album_key")
WHERE "shown"."user_id" = "spelling"."user_id" AND "shown"."recording_id" = "spelling"."recording_id";
-- What is shown so far went by the time that was logged: from here on it is the start.
UPDATE "spelling" SET "last_started" = "used"."last" FROM (
  SELECT "user_id", "recording_id", "spelling_id", max("started_at") AS "last" FROM (
    SELECT "user_id", "recording_id", "spelling_id", "started_at" FROM "listen"
    UNION ALL SELECT "user_id", "recording_id", "spelling_id", "started_at" FROM "also_logged"
  ) AS "record" GROUP BY "user_id", "recording_id", "spelling_id"
) AS "used" WHERE "used"."user_id" = "spelling"."user_id" AND "used"."recording_id" = "spelling"."recording_id" AND "used"."spelling_id" = "spelling"."id";
ALTER TABLE "spelling" ADD CONSTRAINT "fk_spelling_user_id_album_id" FOREIGN KEY ("user_id", "album_id") REFERENCES "album" ("user_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
CREATE INDEX "ix_spelling_album" ON "spelling" ("user_id", "album_id");
DROP TABLE "shown";
DROP FUNCTION "public_id_of";
-- atlas:nolint destructive
ALTER TABLE "recording" DROP COLUMN "album", ALTER COLUMN "track_id" SET NOT NULL;
DROP INDEX "uq_artist_key";
DROP INDEX "uq_track_key";
-- atlas:nolint destructive
ALTER TABLE "artist" DROP COLUMN "key";
-- atlas:nolint destructive
ALTER TABLE "track" DROP COLUMN "key";
-- Modify "uploaded_file" table: uploads that came before have no digest, and are read
ALTER TABLE "uploaded_file" ADD COLUMN "digest" text NULL;
