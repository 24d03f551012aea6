/** The places of a business. A new one is a `section.ts` in a folder of its own, and a line here. */
import type { FunctionComponent } from "preact";
import dashboard from "lucide:layout-dashboard";
import team from "lucide:users";
import type { Load } from "../shell/later.tsx";
import type { Shapes } from "../ui/icon.tsx";
import type { Business, Role } from "./calls.ts";
import { ads } from "./ads/section.ts";
import { developers } from "./developers/section.ts";
import { games } from "./games/section.ts";
import { t } from "./words.ts";

export interface Section {
  /** Where it is: /business/{id}/{path}. The overview has the empty one. */
  path: string;
  title: () => string;
  /** The same where there is little room, if the title is long. */
  short?: () => string;
  /** One sentence for the overview. */
  about: () => string;
  icon: Shapes;
  /** Who sees it; empty: every member. The server decides what they may do there. */
  roles: readonly Role[];
  /** Its screens, loaded when somebody goes there. */
  load: Load<PlaceProps>;
}

export interface PlaceProps {
  business: Business;
  /** What stands behind the section's path in the address. */
  rest: readonly string[];
}

export type Place = FunctionComponent<PlaceProps>;

export const SECTIONS: readonly Section[] = [
  {
    path: "",
    title: () => t("business.overview"),
    about: () => "",
    icon: dashboard,
    roles: [],
    load: () => import("./overview.tsx"),
  },
  developers,
  games,
  ads,
  {
    path: "team",
    title: () => t("business.team"),
    about: () => t("business.team_about"),
    icon: team,
    roles: [],
    load: () => import("./team.tsx"),
  },
];

export const sectionsFor = (role: Role): readonly Section[] =>
  SECTIONS.filter(({ roles }) => roles.length === 0 || roles.includes(role));

export const addressOf = (business: Business, ...path: string[]): string =>
  ["/business", business.id, ...path.filter(Boolean).map(encodeURIComponent)].join("/");
