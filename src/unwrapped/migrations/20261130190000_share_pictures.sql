-- Modify "share" table
ALTER TABLE "share" ADD COLUMN "name" text NULL;
-- Create "share_card" table
CREATE TABLE "share_card" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "share_id" uuid NOT NULL,
  "form" text NOT NULL,
  "png" bytea NOT NULL,
  PRIMARY KEY ("share_id", "form"),
  CONSTRAINT "fk_share_card_share_id" FOREIGN KEY ("share_id") REFERENCES "share" ("id") ON UPDATE NO ACTION ON DELETE CASCADE,
  CONSTRAINT "ck_share_card_form" CHECK (form = ANY (ARRAY['card'::text, 'story'::text]))
);
