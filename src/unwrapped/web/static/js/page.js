// @ts-check
// On every screen: files that are dropped or chosen are sent, links are copied and shared.
import { startDrops } from "./drop.js";
import { startCopies } from "./copy.js";

startDrops();
startCopies();
