import { region, t } from "../lib/i18n/index.ts";
import { formatMoney, formatShort } from "../lib/money.ts";
import * as when from "../lib/when.ts";
import type { WhyNot } from "./rules.ts";

/** What the button says while it cannot pay. */
export function whyWords(why: WhyNot, currency: string): string {
  switch (why.why) {
    case "per_payment":
      return t("pay.why_per_payment", { amount: formatShort(why.most_minor, currency, region.value) });
    case "room": {
      const { room_minor, again_at, name } = why.window;
      const room = formatMoney(room_minor, currency, region.value);
      if (again_at) return t("pay.why_no_room_until", { room, when: when.dayAndTime(again_at) });
      return t(name === "day" ? "pay.why_no_room_day" : "pay.why_no_room_week", { room });
    }
    default:
      return t(`pay.why_${why.why}`);
  }
}
