-- Modify "analysis" table: pages are drawn from "public_portrait" when a share is opened
-- atlas:nolint destructive
ALTER TABLE "analysis" DROP COLUMN "page";
