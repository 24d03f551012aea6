import { region } from "../../lib/i18n/index.ts";
import { formatMoney } from "../../lib/money.ts";
import { save } from "../../lib/save.ts";
import * as when from "../../lib/when.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/task.ts";
import { Chart } from "../chart.tsx";
import type { Calls, Day, Overview as Told } from "./calls.ts";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import { t } from "./words.ts";

const SPANS = [
  [1, "games.today"],
  [7, "games.days_7"],
  [30, "games.days_30"],
] as const;

/** Today, a week, a month: what came in, what it cost, what is left; and each day as a picture. */
export function Overview({ calls }: { calls: Calls }) {
  const read = useRead(calls.overview);
  if (!read.told) return <Waiting read={read} />;
  const { currency, days } = read.told;
  return (
    <>
      <section class="tiles">
        {SPANS.map(([span, word]) => (
          <Tile key={span} title={t(word)} days={days.slice(-span)} currency={currency} />
        ))}
      </section>
      <section class="padded">
        <Chart
          title={t("games.chart")}
          kind="bars"
          labels={days.map(({ day }) => when.day(`${day}T12:00:00`))}
          short={days.map(({ day }) => String(Number(day.slice(8))))}
          series={[
            { name: t("games.gross"), values: days.map(({ gross_minor }) => gross_minor) },
            { name: t("games.net"), values: days.map(({ net_minor }) => net_minor) },
          ]}
          format={(value) => formatMoney(Math.round(value), currency, region.value)}
        />
      </section>
      <Reports calls={calls} />
    </>
  );
}

function Tile({ title, days, currency }: { title: string; days: readonly Day[]; currency: Told["currency"] }) {
  const sum = (of: (day: Day) => number) => days.reduce((total, day) => total + of(day), 0);
  const rows = [
    [t("games.gross"), sum((day) => day.gross_minor)],
    [t("games.tax"), 0 - sum((day) => day.tax_minor)],
    [t("games.fees"), 0 - sum((day) => day.fee_minor)],
    [t("games.refunds"), 0 - sum((day) => day.refunded_minor)],
    [t("games.chargebacks"), 0 - sum((day) => day.charged_back_minor)],
    [t("games.net"), sum((day) => day.net_minor)],
  ] as const;
  return (
    <div class="tile games-tile">
      <h2>{title}</h2>
      <small>{t("games.sales_count", { n: sum((day) => day.sales) })}</small>
      <dl>
        {rows.map(([name, minor]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Amount minor={minor} currency={currency} class="figure" />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Reports({ calls }: { calls: Calls }) {
  const task = useTask();
  const take = (kind: "detail" | "digest") => () => void task.run(async () => save(await calls.report(kind)));
  return (
    <section>
      <h2>{t("games.reports")}</h2>
      <div class="padded games-row">
        <Button icon="download" busy={task.busy} onClick={take("detail")}>
          {t("games.detail")}
        </Button>
        <Button icon="download" busy={task.busy} onClick={take("digest")}>
          {t("games.digest")}
        </Button>
      </div>
    </section>
  );
}
