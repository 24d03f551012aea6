/** The words of purchases from games. */
import { teach } from "../lib/i18n/index.ts";
import en from "./words/en.json";
import fr from "./words/fr.json";

export const t = teach({ en, fr });
