-- Modify "listen" table
ALTER TABLE "listen" DROP CONSTRAINT "fk_listen_user_id";
-- Create function "delete_listens_of_user": in place of the cascade, for which every
-- insert paid. Whoever adds listens holds the row of their user until they are there.
CREATE FUNCTION "delete_listens_of_user" () RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "listen" WHERE "user_id" = OLD."id";
  RETURN NULL;
END;
$$;
-- Create trigger "listens_go_with_user"
CREATE TRIGGER "listens_go_with_user" AFTER DELETE ON "user" FOR EACH ROW EXECUTE FUNCTION "delete_listens_of_user" ();
