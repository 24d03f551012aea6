import code from "lucide:code";
import type { Section } from "../registry.ts";
import { t } from "./words.ts";

export const developers: Section = {
  path: "developers",
  title: () => t("dev.title"),
  short: () => t("dev.short"),
  about: () => t("dev.about"),
  icon: code,
  roles: ["owner", "developer"],
  load: () => import("./developers.tsx"),
};
