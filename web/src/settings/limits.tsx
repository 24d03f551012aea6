import type { Limits, LimitWindow } from "../lib/api/types.ts";
import { region, t } from "../lib/i18n/index.ts";
import { formatMoney, formatShort } from "../lib/money.ts";
import * as when from "../lib/when.ts";

export function LimitsSection({ limits }: { limits: Limits }) {
  const amount = formatShort(limits.per_payment_minor, limits.currency, region.value);
  return (
    <section>
      <h2>{t("settings.limits")}</h2>
      <div class="padded">
        {limits.windows.map((window) => (
          <LimitBar key={window.name} window={window} currency={limits.currency} />
        ))}
        <p class="muted">{t("settings.per_payment", { amount })}</p>
      </div>
    </section>
  );
}

/** How much of a rolling window is used, how much is left, and when room returns. */
export function LimitBar({ window, currency }: { window: LimitWindow; currency: string }) {
  const short = (minor: number) => formatShort(minor, currency, region.value);
  const full = (minor: number) => formatMoney(minor, currency, region.value);
  const name = t(window.name === "day" ? "settings.limit_day" : "settings.limit_week");
  const used = t("settings.limit_used", { used: full(window.used_minor), cap: short(window.cap_minor) });
  const room = t("settings.limit_room", { room: full(window.room_minor) });
  return (
    <div class="limit">
      <p>
        <b>{name}</b>
        <span>{room}</span>
      </p>
      <progress max={window.cap_minor} value={window.used_minor} aria-label={`${name}: ${used}`} />
      <p class="muted">
        <span>{used}</span>
        {window.again_at && <span>{t("settings.limit_again", { when: when.dayAndTime(window.again_at) })}</span>}
      </p>
    </div>
  );
}
