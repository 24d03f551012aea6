import icon from "lucide:megaphone";
import type { Section } from "../registry.ts";
import { t } from "./words.ts";

export const ads: Section = {
  path: "ads",
  title: () => t("ads.title"),
  about: () => t("ads.about"),
  icon,
  roles: [],
  load: () => import("./ads.tsx"),
};
