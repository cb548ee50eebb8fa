-- Create index "pgqueuer_payload_idx": the job of a task, without a look at all others
CREATE INDEX "pgqueuer_payload_idx" ON "pgq"."pgqueuer" ("payload");
-- Create function "place_task": the place in the queue of a task that has no job yet; NULL
-- when its person has more than "p_most" active ones. Start-time fair queueing: the first
-- task of a person is placed where the queue is now, each further one behind the one before.
-- A person's places go to their own tasks in the order of these, so that others are where
-- they were. Transactions of one person go one after the other: each statement here sees
-- what those before have committed.
CREATE FUNCTION "place_task" ("p_user_id" bigint, "p_task_id" uuid, "p_most" integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  "v_active" integer;
  "v_place" integer;
  "v_is_last" boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('unwrapped.tasks.' || "p_user_id", 0));
  SELECT count(DISTINCT "task"."id"), max(1 - "job"."priority"),
      coalesce(min("task"."priority") FILTER (WHERE "job"."status" = 'queued') >= min("task"."priority") FILTER (WHERE "task"."id" = "p_task_id"), true)
    INTO "v_active", "v_place", "v_is_last" FROM "background_task" AS "task"
    LEFT JOIN "pgq"."pgqueuer" AS "job" ON "job"."payload" = uuid_send("task"."id")
    WHERE "task"."user_id" = "p_user_id" AND "task"."status" IN ('pending', 'processing');
  IF "v_active" > "p_most" THEN
    RETURN NULL;
  END IF;
  "v_place" := greatest("v_place", coalesce(
    (SELECT max(-"priority") FROM "pgq"."pgqueuer" WHERE "status" = 'picked'),
    (SELECT -max("priority") FROM "pgq"."pgqueuer" WHERE "status" = 'queued'),
    0));
  IF "v_is_last" THEN
    RETURN "v_place";
  END IF;
  WITH "mine" AS (
    SELECT "task"."id", "job"."id" AS "job_id", coalesce(-"job"."priority", "v_place") AS "place",
      row_number() OVER (ORDER BY "task"."next_attempt_at" IS NOT NULL, "task"."priority" DESC, "task"."created_at", "task"."id") AS "wanted",
      row_number() OVER (ORDER BY coalesce(-"job"."priority", "v_place"), "job"."id") AS "held"
    FROM "background_task" AS "task"
    LEFT JOIN "pgq"."pgqueuer" AS "job" ON "job"."payload" = uuid_send("task"."id") AND "job"."status" = 'queued'
    WHERE "task"."user_id" = "p_user_id" AND "task"."status" IN ('pending', 'processing')
    AND ("job"."id" IS NOT NULL OR "task"."id" = "p_task_id")
  ), "given" AS (
    SELECT "mine"."id", "mine"."job_id", "other"."place" FROM "mine" JOIN "mine" AS "other" ON "other"."held" = "mine"."wanted"
  ), "moved" AS (
    UPDATE "pgq"."pgqueuer" AS "job" SET "priority" = -"given"."place" FROM "given"
    WHERE "job"."id" = "given"."job_id" AND "job"."status" = 'queued' AND "job"."priority" <> -"given"."place"
  )
  SELECT "place" INTO "v_place" FROM "given" WHERE "id" = "p_task_id";
  RETURN "v_place";
END;
$$;
-- Modify "uploaded_file" table
ALTER TABLE "uploaded_file" ADD COLUMN "receiving_at" timestamptz NULL;
-- Drop index "ix_uploaded_file_user_id" from table: "uploaded_file"
DROP INDEX "ix_uploaded_file_user_id";
-- Create index "ix_uploaded_file_listing" to table: "uploaded_file"
CREATE INDEX "ix_uploaded_file_listing" ON "uploaded_file" ("user_id", "created_at", "id");
-- Create index "ix_refresh_token_used_at" to table: "refresh_token"
CREATE INDEX "ix_refresh_token_used_at" ON "refresh_token" ("used_at") WHERE (used_at IS NOT NULL);
