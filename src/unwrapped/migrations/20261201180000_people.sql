-- Modify "user" table
ALTER TABLE "user" ADD CONSTRAINT "ck_user_role" CHECK (role = ANY (ARRAY['listener'::text, 'administrator'::text])), ADD COLUMN "role" text NOT NULL DEFAULT 'listener', ADD COLUMN "signed_in_at" timestamptz NULL;
-- Create "registration_switch" table
CREATE TABLE "registration_switch" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "updated_at" timestamptz NOT NULL DEFAULT now(),
  "id" smallint NOT NULL,
  "is_open" boolean NOT NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "ck_registration_switch_id" CHECK (id = 1)
);
-- The first account that can sign in administers the server
UPDATE "user" SET "role" = 'administrator' WHERE "id" = (SELECT "id" FROM "user" ORDER BY "disabled_at" IS NOT NULL, "created_at", "id" LIMIT 1);
-- When people last signed in, as far as their sessions say
UPDATE "user" SET "signed_in_at" = "opened"."at" FROM (SELECT "user_id", max("created_at") AS "at" FROM "user_session" GROUP BY "user_id") AS "opened" WHERE "opened"."user_id" = "user"."id";
