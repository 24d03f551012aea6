/** What a purchase says of itself: a chip and a sentence for each state. */
import { region, told } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import type { Said } from "../lib/says.ts";
import type { IconName } from "../ui/icon.tsx";
import type { Bought } from "./calls.ts";
import { t } from "./words.ts";

type Look = readonly [icon: IconName, tone: Said["tone"]];

const LOOKS: Record<Exclude<Bought["state"], "quoted">, Look> = {
  user_cancelled: ["ban", "info"],
  expired: ["clock-alert", "info"],
  vetoable: ["clock", "wait"],
  rejected_by_app: ["octagon-x", "bad"],
  authorizing: ["clock", "wait"],
  initiated: ["hourglass", "wait"],
  failed: ["circle-x", "bad"],
  completed: ["check", "ok"],
  bundle_declined: ["circle-x", "bad"],
  part_refunded: ["undo-2", "info"],
  refunded: ["undo-2", "info"],
  chargeback: ["undo-2", "info"],
  chargeback_reversed: ["check", "ok"],
};

/** While it is one of these, something more will happen within seconds or minutes. */
export const UNDER_WAY: ReadonlySet<Bought["state"]> = new Set(["vetoable", "authorizing", "initiated"]);

export function look(purchase: Bought): { icon: IconName; tone: Said["tone"]; word: string } | null {
  if (purchase.state === "quoted") return null;
  const [icon, tone] = LOOKS[purchase.state];
  return { icon, tone, word: t(`buy.w_${purchase.state}`) };
}

export function sentence(purchase: Bought): string {
  const game = purchase.game.name;
  const amount = formatMoney(purchase.refunded_minor, purchase.currency, region.value);
  const all = { game, amount, says: purchase.says ?? "" };
  switch (purchase.state) {
    case "quoted":
      return "";
    case "rejected_by_app":
      if (purchase.why === "app_silent") return t("buy.s_app_silent", all);
      return t(purchase.says ? "buy.s_app_refused" : "buy.s_app_refused_mute", all);
    case "failed":
      return told(`buy.s_failed_${purchase.why ?? ""}`, all) ?? t("buy.s_failed", all);
    case "completed":
      return t(purchase.delivery === "pending" ? "buy.s_completed" : `buy.s_${purchase.delivery}`, all);
    case "refunded":
      return t(purchase.completed_at && !purchase.test ? "buy.s_refunded" : "buy.s_refunded_unpaid", all);
    default:
      return t(`buy.s_${purchase.state}`, all);
  }
}
