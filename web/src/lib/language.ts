/** The person's language: chosen on one device, told to the server, taken over by the others at their next start. */
import * as api from "./api/calls.ts";
import { choose, type Locale } from "./i18n/index.ts";

/** A choice that the server has not confirmed yet: it outlives the page, and wins over what the server still says. */
const UNTOLD = "tuppence.locale.untold";

export function speak(next: Locale): void {
  localStorage.setItem(UNTOLD, next);
  choose(next);
  tell(next);
}

/** What the server knows, unless something newer was chosen here. */
export function adopt(known: Locale): void {
  const untold = localStorage.getItem(UNTOLD) as Locale | null;
  choose(untold ?? known);
  if (untold) tell(untold);
}

function tell(next: Locale): void {
  const confirmed = () => {
    if (localStorage.getItem(UNTOLD) === next) localStorage.removeItem(UNTOLD);
  };
  void api.changeMe({ locale: next }).then(confirmed, () => undefined);
}

/** Whoever comes next did not choose it. */
export const forget = (): void => localStorage.removeItem(UNTOLD);
