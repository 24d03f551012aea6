import { Amount } from "../../ui/amount.tsx";
import * as when from "../../lib/when.ts";
import type { Account, Source } from "./calls.ts";
import { t } from "./words.ts";

/** What pays for the next thing that is used, first to last: shown before anybody spends. */
export function Order({ account }: { account: Account }) {
  return (
    <section>
      <h2>{t("ads.order")}</h2>
      {account.order.length === 0 ? (
        <p class="padded muted">{t("ads.order_none")}</p>
      ) : (
        <ol class="list ads-order">
          {account.order.map((source, n) => (
            <li key={n} class="line">
              <span class="ads-place" aria-hidden="true">
                {n + 1}
              </span>
              <span class="line-text">
                <b>{t(`ads.source_${source.kind}`)}</b>
                <small>{detail(source)}</small>
              </span>
              {source.left_minor !== null && <Amount minor={source.left_minor} currency={account.currency} />}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function detail({ instrument, expires_at }: Source): string {
  if (instrument) return named(instrument);
  return expires_at ? t("ads.expires", { day: when.day(expires_at) }) : "";
}

export const named = ({ bank, last4 }: { bank: string; last4: string }): string => `${bank} ••${last4}`;
