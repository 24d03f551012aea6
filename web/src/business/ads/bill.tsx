import { save } from "../../lib/save.ts";
import * as when from "../../lib/when.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { useTask } from "../../ui/task.ts";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import type { Given } from "./ads.tsx";
import type { Bill } from "./calls.ts";
import { named } from "./order.tsx";
import { billState, charged } from "./says.ts";
import { t, type Key } from "./words.ts";

/** One bill: what was used, who paid what of it, the tax, how it was collected; and its receipt. */
export function BillPage({ ads, account, bill: id }: Given & { bill: string }) {
  const read = useRead(() => ads.bill(account.id, id));
  const task = useTask();
  const bill = read.told;
  if (!bill) return <Waiting read={read} />;
  const take = (format: "pdf" | "csv") => () =>
    void task.run(async () => save(await ads.receipt(account.id, bill, format)));
  return (
    <>
      <section class="padded ads-head">
        <h2>{t("ads.bill", { number: bill.number })}</h2>
        <Chip said={billState(bill.state)} />
        {bill.why_closed && <p class="muted">{t(`ads.closed_${bill.why_closed}`)}</p>}
        {bill.next_try_at && <p>{t("ads.tried_again", { at: when.dayAndTime(bill.next_try_at) })}</p>}
        {bill.due_at && <p>{t("ads.due_by", { day: when.day(bill.due_at) })}</p>}
      </section>
      <Lines bill={bill} />
      <Charges bill={bill} />
      <div class="padded row">
        <Button icon="download" busy={task.busy} onClick={take("pdf")}>
          {bill.state === "paid" ? t("ads.receipt") : ""} PDF
        </Button>
        <Button icon="download" onClick={take("csv")}>
          CSV
        </Button>
      </div>
    </>
  );
}

function Lines({ bill }: { bill: Bill }) {
  const { currency, tax } = bill;
  const sums: [Key, number][] = [
    ["ads.used", bill.used_minor],
    ["ads.by_credits", -bill.credits_minor],
    ["ads.by_prepaid", -bill.prepaid_minor],
    ["ads.carried", bill.carried_minor],
    ["ads.refunded", bill.refunded_minor],
  ];
  return (
    <div class="table-box padded" tabIndex={0}>
      <table class="table">
        <caption class="heard">{t("ads.lines")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("ads.campaign")}</th>
            <th scope="col" class="figure">
              {t("ads.quantity")}
            </th>
            <th scope="col" class="figure">
              {t("ads.amount")}
            </th>
          </tr>
        </thead>
        <tbody>
          {bill.lines.map((line, n) => (
            <tr key={n}>
              <td dir="auto">{line.kind === "usage" ? line.name : t(`ads.line_${line.kind}`, { name: line.name })}</td>
              <td class="figure">{line.quantity || ""}</td>
              <td class="figure">
                <Amount minor={line.amount_minor} currency={currency} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {sums
            .filter(([key, minor]) => minor || key === "ads.used")
            .map(([key, minor]) => (
              <Sum key={key} word={t(key)} minor={minor} currency={currency} />
            ))}
          <Sum word={t("ads.due")} minor={bill.due_minor} currency={currency} strong />
          {!!tax.tax_minor && (
            <Sum word={t("ads.tax", { rate: tax.basis_points / 100 })} minor={tax.tax_minor} currency={currency} />
          )}
        </tfoot>
      </table>
    </div>
  );
}

function Sum({ word, minor, currency, strong }: { word: string; minor: number; currency: string; strong?: boolean }) {
  return (
    <tr class={strong ? "ads-due" : ""}>
      <th scope="row" colSpan={2}>
        {word}
      </th>
      <td class="figure">
        <Amount minor={minor} currency={currency} />
      </td>
    </tr>
  );
}

function Charges({ bill }: { bill: Bill }) {
  if (bill.charges.length === 0) return null;
  return (
    <section>
      <h2>{t("ads.charges")}</h2>
      <ol class="list ads-history">
        {bill.charges.map((one) => (
          <li key={one.id}>
            <time dateTime={one.asked_at}>{when.dayAndTime(one.asked_at)}</time>
            <span>
              {one.instrument && named(one.instrument)} · {charged(one)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
