-- Create "linked_account" table
CREATE TABLE "linked_account" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "updated_at" timestamptz NOT NULL DEFAULT now(),
  "id" uuid NOT NULL,
  "user_id" bigint NOT NULL,
  "provider" text NOT NULL,
  "issuer" text NOT NULL,
  "subject" text NOT NULL,
  "display_name" text NULL,
  PRIMARY KEY ("id"),
  CONSTRAINT "uq_linked_account_issuer_subject" UNIQUE ("issuer", "subject"),
  CONSTRAINT "uq_linked_account_user_id_provider" UNIQUE ("user_id", "provider"),
  CONSTRAINT "fk_linked_account_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
-- Create "oauth_state" table
CREATE TABLE "oauth_state" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "state_hash" text NOT NULL,
  "browser_hash" text NOT NULL,
  "provider" text NOT NULL,
  "session_id" uuid NULL,
  "asks_access" boolean NOT NULL,
  "next_path" text NOT NULL,
  "expires_at" timestamptz NOT NULL,
  PRIMARY KEY ("state_hash"),
  CONSTRAINT "fk_oauth_state_session_id" FOREIGN KEY ("session_id") REFERENCES "user_session" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
-- Create index "ix_oauth_state_expires_at" to table: "oauth_state"
CREATE INDEX "ix_oauth_state_expires_at" ON "oauth_state" ("expires_at");
-- Create index "ix_oauth_state_session_id" to table: "oauth_state"
CREATE INDEX "ix_oauth_state_session_id" ON "oauth_state" ("session_id");
-- Create "provider_token" table
CREATE TABLE "provider_token" (
  "created_at" timestamptz NOT NULL DEFAULT now(),
  "updated_at" timestamptz NOT NULL DEFAULT now(),
  "account_id" uuid NOT NULL,
  "access_token" text NULL,
  "refresh_token" text NULL,
  "scopes" text[] NOT NULL,
  "expires_at" timestamptz NULL,
  "granted_at" timestamptz NOT NULL,
  "reconnect_since" timestamptz NULL,
  "refresh_id" uuid NULL,
  "refresh_until" timestamptz NULL,
  PRIMARY KEY ("account_id"),
  CONSTRAINT "fk_provider_token_account_id" FOREIGN KEY ("account_id") REFERENCES "linked_account" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
