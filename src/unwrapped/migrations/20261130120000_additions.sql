-- Create "addition" table
CREATE TABLE "addition" (
  "user_id" bigint NOT NULL,
  "version" bigint NOT NULL,
  "first_started" timestamptz NULL,
  "last_started" timestamptz NULL,
  PRIMARY KEY ("user_id", "version"),
  CONSTRAINT "fk_addition_user_id" FOREIGN KEY ("user_id") REFERENCES "user" ("id") ON UPDATE NO ACTION ON DELETE CASCADE
);
