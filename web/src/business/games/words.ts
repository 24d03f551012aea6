/** The words of the games' dashboard. */
import "../../games/words.ts"; // What a purchase refuses has its words there.
import { teach } from "../../lib/i18n/index.ts";
import en from "./words/en.json";
import fr from "./words/fr.json";

export const t = teach({ en, fr });
