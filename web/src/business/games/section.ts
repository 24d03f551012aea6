/** Games, as a place of a business. */
import gamepad from "lucide:gamepad-2";
import type { Section } from "../registry.ts";
import { t } from "../words.ts";

export const games: Section = {
  path: "games",
  title: () => t("business.games"),
  about: () => t("business.games_about"),
  icon: gamepad,
  roles: [],
  load: () => import("./games.tsx"),
};
