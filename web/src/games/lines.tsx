/** What was, or would be, bought, and what it costs: the same before and after. */
import { region } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import * as when from "../lib/when.ts";
import { Amount } from "../ui/amount.tsx";
import { Icon } from "../ui/icon.tsx";
import type { Bought } from "./calls.ts";
import { t } from "./words.ts";

export const titleOf = ({ title, quantity }: Bought): string =>
  quantity === 1 ? title : t("buy.times", { n: quantity, title });

export function Heading({ purchase }: { purchase: Bought }) {
  return (
    <>
      <p class="muted">{t("buy.from", { game: purchase.game.name })}</p>
      <h2 class="buy-what" dir="auto">
        {titleOf(purchase)}
      </h2>
      {purchase.description && (
        <p class="muted" dir="auto">
          {purchase.description}
        </p>
      )}
      <Amount minor={purchase.total_minor} currency={purchase.currency} class="amount giant-figure" />
      {purchase.test && (
        <p class="chip info">
          <Icon name="flask-conical" size={15} />
          {t("buy.test")}
        </p>
      )}
    </>
  );
}

export function PriceLines({ purchase }: { purchase: Bought }) {
  const { price_minor, tax_minor, total_minor, currency, exchange } = purchase;
  return (
    <>
      <dl class="buy-lines">
        <Line name={t("buy.price")} minor={price_minor} currency={currency} />
        <Line name={t("buy.tax")} minor={tax_minor} currency={currency} />
        <Line name={t("buy.total")} minor={total_minor} currency={currency} />
      </dl>
      {exchange && (
        <p class="hint">
          {t("buy.exchange", {
            listed: formatMoney(exchange.listed_minor, exchange.listed_currency, region.value),
            rate: new Intl.NumberFormat(region.value, { maximumFractionDigits: 8 }).format(exchange.rate as `${number}`),
            day: when.day(`${exchange.on}T12:00:00`),
          })}
        </p>
      )}
    </>
  );
}

function Line({ name, minor, currency }: { name: string; minor: number; currency: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Amount minor={minor} currency={currency} class="figure" />
      </dd>
    </div>
  );
}
