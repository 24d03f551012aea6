/** What a grant allows, in plain words: each cap a line. */
import type { ShownGrant } from "../lib/api/types.ts";
import { region, t } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import * as when from "../lib/when.ts";

export function caps(grant: ShownGrant): string[] {
  const money = (minor: number) => formatMoney(minor, grant.currency, region.value);
  const { per_period_minor, period_days, until } = grant;
  return [
    t(grant.kind === "once" ? "grants.once" : "grants.each", { amount: money(grant.per_charge_minor) }),
    ...(per_period_minor && period_days
      ? [t("grants.period", { amount: money(per_period_minor), n: period_days })]
      : []),
    ...(grant.kind === "once" && !until
      ? []
      : [until ? t("grants.until", { when: when.dayAndTime(until) }) : t("grants.for_ever")]),
  ];
}
