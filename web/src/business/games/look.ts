/** How a purchase looks to whoever sold it: an icon, a tone and a word. */
import type { Said } from "../../lib/says.ts";
import type { IconName } from "../../ui/icon.tsx";
import type { Sold } from "./calls.ts";
import { t } from "./words.ts";

const LOOKS: Record<Sold["state"], readonly [IconName, Said["tone"]]> = {
  quoted: ["clock", "info"],
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
  chargeback: ["circle-alert", "bad"],
  chargeback_reversed: ["check-check", "ok"],
};

export function look({ state }: Sold): { icon: IconName; tone: Said["tone"]; word: string } {
  const [icon, tone] = LOOKS[state];
  return { icon, tone, word: t(`games.s_${state}`) };
}
