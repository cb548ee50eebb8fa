-- Drop index "ix_background_task_listing" from table: "background_task"
DROP INDEX "ix_background_task_listing";
-- Modify "background_task" table
ALTER TABLE "background_task" ADD COLUMN "priority" smallint NOT NULL DEFAULT 0, ADD COLUMN "version" integer NOT NULL DEFAULT 1, ADD COLUMN "uncounted" integer NOT NULL DEFAULT 0, ADD COLUMN "next_attempt_at" timestamptz NULL, ADD COLUMN "retryable" boolean NOT NULL DEFAULT false;
-- Create index "ix_background_task_listing" to table: "background_task"
CREATE INDEX "ix_background_task_listing" ON "background_task" ("user_id", "created_at", "id");
-- Create index "ix_background_task_ended" to table: "background_task"
CREATE INDEX "ix_background_task_ended" ON "background_task" ("completed_at") WHERE (completed_at IS NOT NULL);
-- Create "periodic_tick" table
CREATE TABLE "periodic_tick" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "updated_at" timestamptz NOT NULL DEFAULT now(),
  "name" text NOT NULL,
  "due_at" timestamptz NOT NULL,
  PRIMARY KEY ("name")
);
-- Create function "tell_task_change": every change of a task has a number, and is told by
-- the task's id to whoever listens, when it is committed.
CREATE FUNCTION "tell_task_change" () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM pg_notify('unwrapped_task', OLD."id"::text);
    RETURN OLD;
  END IF;
  NEW."version" := OLD."version" + 1;
  PERFORM pg_notify('unwrapped_task', NEW."id"::text);
  RETURN NEW;
END;
$$;
-- Create trigger "tell_task_update"
CREATE TRIGGER "tell_task_update" BEFORE UPDATE ON "background_task" FOR EACH ROW EXECUTE FUNCTION "tell_task_change" ();
-- Create trigger "tell_task_deletion": of an ended task nobody waits to hear
CREATE TRIGGER "tell_task_deletion" BEFORE DELETE ON "background_task" FOR EACH ROW WHEN (OLD."completed_at" IS NULL) EXECUTE FUNCTION "tell_task_change" ();
