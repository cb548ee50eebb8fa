-- Create "model_consent" table
CREATE TABLE "model_consent" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "updated_at" timestamptz NOT NULL DEFAULT now(),
  "user_id" bigint NOT NULL,
  "url" text NOT NULL,
  "model" text NOT NULL,
  "agreed_at" timestamptz NOT NULL,
  PRIMARY KEY ("user_id"),
  CONSTRAINT "fk_model_consent_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
-- Modify "analysis" table
ALTER TABLE "analysis" ADD CONSTRAINT "ck_analysis_critic" CHECK (critic = ANY (ARRAY['house'::text, 'model'::text])), ADD COLUMN "critic" text NOT NULL DEFAULT 'house', ADD COLUMN "seen_at" timestamptz NULL;
-- Create "model_draft" table
CREATE TABLE "model_draft" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "analysis_id" uuid NOT NULL,
  "task_id" uuid NOT NULL,
  "brief" text NOT NULL,
  PRIMARY KEY ("analysis_id"),
  CONSTRAINT "uq_model_draft_task_id" UNIQUE ("task_id"),
  CONSTRAINT "fk_model_draft_analysis_id" FOREIGN KEY ("analysis_id") REFERENCES "analysis" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
