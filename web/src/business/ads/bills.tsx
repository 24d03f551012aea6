import { useState } from "preact/hooks";
import { now } from "../../lib/clock.ts";
import { save } from "../../lib/save.ts";
import * as when from "../../lib/when.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { useTask } from "../../ui/task.ts";
import { Listed, usePages } from "../reading.tsx";
import { addressOf } from "../registry.ts";
import { Select } from "../select.tsx";
import type { Given } from "./ads.tsx";
import type { Summary } from "./calls.ts";
import { billState } from "./says.ts";
import { t } from "./words.ts";

const MONTHS = 12;

/** Every bill, the one that still accrues first; and the statement of a month to take away. */
export function Bills({ ads, account, business }: Given) {
  const reading = usePages<Summary>((cursor) => ads.bills(account.id, cursor), [account.id]);
  return (
    <>
      <Listed reading={reading} empty={t("ads.no_bills")}>
        {(bills) => (
          <ul class="list">
            {bills.map((bill) => (
              <li key={bill.id}>
                <a class="line" href={addressOf(business, "ads", account.id, "bills", bill.id)}>
                  <span class="line-text">
                    <b>{bill.number}</b>
                    <small>{when.days(bill.opened_at, bill.closed_at ?? new Date(now.value).toISOString())}</small>
                    <Chip said={billState(bill.state)} />
                  </span>
                  <Amount minor={bill.due_minor} currency={bill.currency} />
                </a>
              </li>
            ))}
          </ul>
        )}
      </Listed>
      <Statement ads={ads} account={account} />
    </>
  );
}

function Statement({ ads, account }: Pick<Given, "ads" | "account">) {
  const months = lastMonths();
  const [month, setMonth] = useState(months[0]![0]);
  const task = useTask();
  const take = (format: "pdf" | "csv") => () =>
    void task.run(async () => save(await ads.statement(account.id, month, format)));
  return (
    <section>
      <h2>{t("ads.statement")}</h2>
      <div class="form padded">
        <Select label={t("ads.month")} value={month} options={months} onValue={setMonth} />
        <div class="row">
          <Button icon="download" busy={task.busy} onClick={take("pdf")}>
            PDF
          </Button>
          <Button icon="download" onClick={take("csv")}>
            CSV
          </Button>
        </div>
      </div>
    </section>
  );
}

/** This month and those before, as 2026-11 and in words. */
function lastMonths(): [string, string][] {
  const today = new Date(now.value);
  return Array.from({ length: MONTHS }, (_, ago) => {
    const first = new Date(today.getFullYear(), today.getMonth() - ago, 1);
    const [year, month] = [first.getFullYear(), first.getMonth() + 1];
    return [`${year}-${String(month).padStart(2, "0")}`, when.month(first.getTime())];
  });
}
