/** States as people read them: an icon, a tone, a word. */
import { region, told } from "../../lib/i18n/index.ts";
import { formatMoney } from "../../lib/money.ts";
import type { Account, Bill, Moment, Summary } from "./calls.ts";
import { t, type Key } from "./words.ts";

interface Said {
  icon: string;
  tone: "ok" | "wait" | "bad" | "info";
  word: string;
}

export function runs({ may_spend, why }: Account["delivery"]): Said {
  if (may_spend) return { icon: "check", tone: "ok", word: t("ads.runs") };
  return { icon: "circle-alert", tone: "bad", word: t(`ads.why_${why ?? "new"}` as Key) };
}

const TONES: Record<Summary["state"], Said["tone"]> = {
  accruing: "info",
  closing: "wait",
  charging: "wait",
  charge_unknown: "wait",
  retrying: "bad",
  invoiced: "wait",
  past_due: "bad",
  paid: "ok",
  written_off: "bad",
};
const ICONS = { ok: "check", wait: "clock", bad: "circle-alert", info: "hourglass" } as const;

export function billState(state: Summary["state"]): Said {
  const tone = TONES[state];
  return { icon: ICONS[tone], tone, word: t(`ads.bill_${state}`) };
}

/** What is wrong with a method; nothing, mostly. A card's own states are told where cards are. */
export function methodState(state: string): Said | null {
  const word = told(`ads.method_${state}`);
  return word ? { icon: "circle-alert", tone: "bad", word } : null;
}

/** How a charge went, and why not. A debit of a bank account is under way for days. */
export function charged({ state, instrument, decline_code }: Bill["charges"][number]): string {
  const how = state === "charging" && instrument?.kind === "bank" ? "debiting" : state;
  const why = decline_code && told(`ads.because_${decline_code}`);
  return [t(`ads.charge_${how}` as Key), why].filter(Boolean).join(": ");
}

/** A line of the history; what it is about is in its detail. */
export function happened({ what, detail }: Moment, currency: string): string {
  const minor = detail.amount_minor ?? detail.due_minor;
  const params = {
    amount: typeof minor === "number" ? formatMoney(minor, currency, region.value) : "",
    name: typeof detail.name === "string" ? detail.name : "",
    why: typeof detail.why === "string" ? (told(`ads.why_${detail.why}`) ?? detail.why) : "",
  };
  return told(`ads.did_${what}`, params) ?? what;
}
