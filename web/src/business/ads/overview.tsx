import { now } from "../../lib/clock.ts";
import { region } from "../../lib/i18n/index.ts";
import { formatMoney } from "../../lib/money.ts";
import { me } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { useTask } from "../../ui/task.ts";
import { Chart, type Series } from "../chart.tsx";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import type { Given } from "./ads.tsx";
import type { Account, Campaign, DaySpent, Moment } from "./calls.ts";
import { Order } from "./order.tsx";
import { happened, runs } from "./says.ts";
import { t } from "./words.ts";

const DAYS = 14;
const DAY_MS = 86_400_000;
const SERIES_MOST = 4;

/** How an account stands: whether ads run, what is owed, what pays next, what was spent, what happened. */
export function Overview(given: Given) {
  const { account, ads } = given;
  const days = lastDays(account.zone);
  const read = useRead(() =>
    Promise.all([
      ads.spend(account.id, days[0]!, days.at(-1)!),
      ads.campaigns(account.id),
      ads.history(account.id),
    ]),
  );
  const money = (minor: number) => formatMoney(minor, account.currency, region.value);
  return (
    <>
      <section class="padded ads-head">
        <Chip said={runs(account.delivery)} />
        {account.state === "new" && <p class="muted">{t("ads.set_up_first")}</p>}
      </section>
      <Hold {...given} />
      <Failing {...given} />
      <section class="ads-figures">
        <Figure word={t("ads.accrued")} minor={account.accrued_minor} currency={account.currency} />
        <Figure word={t("ads.unpaid")} minor={account.unpaid_minor} currency={account.currency} />
        <Figure word={t("ads.prepaid")} minor={account.prepaid_minor} currency={account.currency} />
        <Figure word={t("ads.credits")} minor={account.credits_minor} currency={account.currency} />
      </section>
      {account.way === "auto" && account.next_bill_at && (
        <p class="padded muted">
          {t("ads.next_bill", { threshold: money(account.threshold.now_minor), day: when.day(account.next_bill_at) })}
        </p>
      )}
      <Order account={account} />
      {read.told ? <Past told={read.told} days={days} account={account} /> : <Waiting read={read} />}
    </>
  );
}

interface PastProps {
  told: readonly [readonly DaySpent[], readonly Campaign[], readonly Moment[]];
  days: readonly string[];
  account: Account;
}

/** What was spent of late, as a picture, and everything that happened. */
function Past({ told: [spent, campaigns, history], days, account }: PastProps) {
  return (
    <>
      <section class="padded">
        <Chart
          title={t("ads.spend")}
          kind="bars"
          labels={days.map((day) => when.day(`${day}T12:00:00`))}
          short={days.map((day) => String(Number(day.slice(8))))}
          series={seriesOf(spent, campaigns, days)}
          format={(minor) => formatMoney(minor, account.currency, region.value)}
        />
      </section>
      <section>
        <h2>{t("ads.history")}</h2>
        <ol class="list ads-history">
          {history.map((moment) => (
            <li key={moment.id}>
              <time dateTime={moment.at}>{when.dayAndTime(moment.at)}</time>
              <span>{happened(moment, account.currency)}</span>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

function Figure({ word, minor, currency }: { word: string; minor: number; currency: string }) {
  return (
    <div>
      <small>{word}</small>
      <Amount minor={minor} currency={currency} class="ads-figure" />
    </div>
  );
}

/** Spending is on hold: two admins say whether it was them. */
function Hold({ account, ads, learn, mayPay }: Given) {
  const task = useTask();
  const hold = account.hold;
  if (!hold) return null;
  const money = (minor: number) => formatMoney(minor, account.currency, region.value);
  const mine = hold.said.find(({ person_id }) => person_id === me.value.id);
  const say = (was: boolean) => () => void task.run(async () => learn(await ads.confirm(account.id, was)));
  return (
    <section class="padded ads-alert" aria-label={t("ads.held")}>
      <h2>{t("ads.held")}</h2>
      <p>{t("ads.held_why", { spent: money(hold.spent_minor), usual: money(hold.usual_minor) })}</p>
      <p class="muted">
        {t("ads.held_said", { said: hold.said.filter((one) => one.it_was_us).length, needed: hold.admins_needed })}
      </p>
      {mine ? (
        <p>{t(mine.it_was_us ? "ads.you_confirmed" : "ads.you_denied")}</p>
      ) : (
        mayPay && (
          <div class="row">
            <Button onClick={say(false)}>{t("ads.not_us")}</Button>
            <Button kind="copper" busy={task.busy} onClick={say(true)}>
              {t("ads.it_was_us")}
            </Button>
          </div>
        )
      )}
    </section>
  );
}

/** Bills that could not be collected, and the way to pay them now. */
function Failing({ account, ads, learn, mayPay }: Given) {
  const task = useTask();
  const owed = account.failing.reduce((sum, { due_minor }) => sum + due_minor, 0);
  if (!owed) return null;
  const next = account.failing.find(({ next_try_at }) => next_try_at)?.next_try_at;
  return (
    <section class="padded ads-alert" aria-label={t("ads.failing")}>
      <h2>
        {t("ads.failing")} <Amount minor={owed} currency={account.currency} />
      </h2>
      <p>{next ? t("ads.tried_again", { at: when.dayAndTime(next) }) : t("ads.pay_to_go_on")}</p>
      {mayPay && (
        <Button
          kind="copper"
          busy={task.busy}
          onClick={() => void task.run(async () => learn(await ads.pay(account.id)))}
        >
          {t("ads.pay_now")}
        </Button>
      )}
    </section>
  );
}

/** The last days on the account's own calendar, as 2026-11-26. */
function lastDays(zone: string): string[] {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
  return Array.from({ length: DAYS }, (_, n) => format.format(now.value - (DAYS - 1 - n) * DAY_MS));
}

/** The dearest campaigns, each a series; the rest together. */
function seriesOf(spent: readonly DaySpent[], campaigns: readonly Campaign[], days: readonly string[]): Series[] {
  const total = (id: string) => spent.reduce((sum, one) => sum + (one.campaign_id === id ? one.spent_minor : 0), 0);
  const dearest = [...campaigns].sort((one, other) => total(other.id) - total(one.id));
  const shown = dearest.length > SERIES_MOST ? dearest.slice(0, SERIES_MOST - 1) : dearest;
  const values = (takes: (id: string) => boolean) =>
    days.map((day) =>
      spent.reduce((sum, one) => sum + (one.day === day && takes(one.campaign_id) ? one.spent_minor : 0), 0),
    );
  const series = shown.map(({ id, name }) => ({ name, values: values((one) => one === id) }));
  if (shown.length === dearest.length) return series;
  const rest = new Set(dearest.slice(shown.length).map(({ id }) => id));
  return [...series, { name: t("ads.others"), values: values((one) => rest.has(one)) }];
}
