/** Light, dark, or as the device says. */
import { effect, signal } from "@preact/signals";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const KEY = "tuppence.theme";

const kept = localStorage.getItem(KEY) as Theme | null;
export const theme = signal<Theme>(kept && THEMES.includes(kept) ? kept : "auto");

const dark = matchMedia("(prefers-color-scheme: dark)");
/** What is on the screen now: the card form, of another origin, has to be told. */
export const shown = (): "light" | "dark" => (theme.value === "auto" ? (dark.matches ? "dark" : "light") : theme.value);

effect(() => {
  localStorage.setItem(KEY, theme.value);
  if (theme.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});
