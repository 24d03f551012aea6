/** Instants in words, in the reader's zone and language. */
import { region } from "./i18n/index.ts";

type Options = Intl.DateTimeFormatOptions;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Options): Intl.DateTimeFormat {
  const key = `${region.value} ${JSON.stringify(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(region.value, options);
  formats.set(key, known);
  return known;
}

const DAY: Options = { weekday: "short", day: "numeric", month: "short" };
const TIME: Options = { hour: "numeric", minute: "2-digit" };

export const time = (at: string | number): string => format(TIME).format(new Date(at));
export const day = (at: string | number): string => format(DAY).format(new Date(at));
export const dayAndTime = (at: string | number): string => format({ ...DAY, ...TIME }).format(new Date(at));
export const full = (at: string | number): string =>
  format({ dateStyle: "full", timeStyle: "medium" }).format(new Date(at));
export const precise = (at: string | number): string =>
  format({ ...DAY, ...TIME, second: "2-digit" }).format(new Date(at));
export const utc = (at: string | number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");
export const days = (from: string, to: string): string => format(DAY).formatRange(new Date(from), new Date(to));
/** Days of one year's calendar, as books have them: weekdays would say nothing. */
export const period = (from: string, to: string): string =>
  format({ day: "numeric", month: "short" }).formatRange(new Date(from), new Date(to));
export const month = (at: string | number): string => format({ month: "long", year: "numeric" }).format(new Date(at));
export const monthOfYear = (month: number, year: number): string =>
  format({ month: "2-digit", year: "2-digit" }).format(new Date(year, month - 1, 1));

/** Midnight of its day here, as a number: equal for two instants of one day. */
export const dayOf = (at: string | number): number => new Date(at).setHours(0, 0, 0, 0);

const DAY_MS = 86_400_000;

/** How many days ago, by the reader's calendar. */
export const daysAgo = (at: string | number, now_ms: number): number =>
  Math.round((dayOf(now_ms) - dayOf(at)) / DAY_MS);

/** For a list: the time today, the weekday this week, else the date. */
export function brief(at: string | number, now_ms: number): string {
  const ago = daysAgo(at, now_ms);
  if (ago <= 0) return time(at);
  if (ago < 7) return format({ weekday: "short" }).format(new Date(at));
  return format({ day: "numeric", month: "short" }).format(new Date(at));
}

/** For a separator in a conversation. */
export function longDay(at: string | number, now_ms: number): string {
  const ago = daysAgo(at, now_ms);
  if (ago >= 0 && ago < 2) return new Intl.RelativeTimeFormat(region.value, { numeric: "auto" }).format(-ago, "day");
  if (ago > 0 && ago < 7) return format({ weekday: "long" }).format(new Date(at));
  return format({
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(ago > 300 ? { year: "numeric" } : {}),
  } as Options).format(new Date(at));
}
