import { useState } from "preact/hooks";
import type { Id } from "../../lib/api/types.ts";
import { region } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { formatMoney } from "../../lib/money.ts";
import { banks, cards, words } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { FundingRow } from "../../pay/funding.tsx";
import { payCards } from "../../pay/rules.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/task.ts";
import { toast } from "../../ui/toast.tsx";
import type { Role } from "../calls.ts";
import { Select } from "../select.tsx";
import type { Calls, Payouts as Told, Statement } from "./calls.ts";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import { t } from "./words.ts";

const COLUMNS = ["games.net", "games.held", "games.released", "games.carried", "games.payout"] as const;

type Column = (typeof COLUMNS)[number];

const noon = (day: string) => when.day(`${day}T12:00:00`);
const mayPay = (role: Role) => role === "owner" || role === "finance";

/** What accrues, what is kept back, each half-month, and where the money goes. */
export function Payouts({ calls, role }: { calls: Calls; role: Role }) {
  const read = useRead(calls.payouts);
  if (!read.told) return <Waiting read={read} />;
  const told = read.told;
  const last = told.statements[0];
  return (
    <>
      <section class="tiles">
        <div class="tile">
          <h2>{t("games.accruing", { day: noon(told.open_from) })}</h2>
          <Amount minor={told.accruing_minor} currency={told.currency} />
        </div>
        <div class="tile">
          <h2>{t("games.reserve")}</h2>
          <Amount minor={told.reserve_minor} currency={told.currency} />
          <small>{t("games.reserve_hint")}</small>
        </div>
      </section>
      {last && last.invoice_minor > 0 && !last.invoice_paid_at && mayPay(role) && (
        <Invoice calls={calls} statement={last} onPaid={read.again} />
      )}
      <section>
        <h2>{t("games.statements")}</h2>
        {told.statements.length ? <Statements told={told} /> : <p class="padded">{t("games.no_statements")}</p>}
      </section>
      <Bank calls={calls} told={told} role={role} onTold={read.set} />
    </>
  );
}

function Statements({ told: { statements } }: { told: Told }) {
  return (
    <div class="table-box" tabIndex={0}>
      <table class="table stacked">
        <caption class="heard">{t("games.statements")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("games.period")}</th>
            <th scope="col">{t("games.state")}</th>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" class="figure">
                {t(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {statements.map((one) => (
            <tr key={one.id}>
              <th scope="row" class="games-period">{when.period(`${one.first_day}T12:00:00`, `${one.last_day}T12:00:00`)}</th>
              <td>
                {t(`games.p_${one.state}`, { day: noon(one.pay_on) })}
                <Why statement={one} />
              </td>
              <Figure name="games.net" minor={one.net_minor} currency={one.currency} />
              <Figure name="games.held" minor={-one.held_minor} currency={one.currency} />
              <Figure name="games.released" minor={one.released_minor} currency={one.currency} />
              <Figure name="games.carried" minor={one.carried_out_minor} currency={one.currency} />
              <Figure name="games.payout" minor={one.payout_minor} currency={one.currency} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Figure = ({ name, minor, currency }: { name: Column; minor: number; currency: string }) => (
  <td class="figure" data-label={t(name)}>
    <Amount minor={minor} currency={currency} class="figure" />
  </td>
);

const REASONS = ["no_bank", "approvals", "not_covered", "bank_not_ready", "returned"] as const;

function Why({ statement: { reason } }: { statement: Statement }) {
  const known = REASONS.find((one) => one === reason);
  return known ? <small>{t(`games.why_${known}`)}</small> : null;
}

/** A member pays what chargebacks left owing. */
function Invoice({ calls, statement, onPaid }: { calls: Calls; statement: Statement; onPaid: () => void }) {
  const [chosen, setChosen] = useState<Id | null>(null);
  const [problem, setProblem] = useState("");
  const [id] = useState(uuid7);
  const usable = payCards(cards.value);
  const card = usable.find((one) => one.id === chosen) ?? usable[0];
  const task = useTask((error) => setProblem(words(error)));
  const amount = formatMoney(statement.invoice_minor, statement.currency, region.value);
  const pay = () =>
    void task.run(async () => {
      await calls.payInvoice(id, card!.id);
      toast(t("games.invoice_paid"));
      onPaid();
    });
  return (
    <section class="padded">
      <p role="status">{t("games.invoice", { amount })}</p>
      <FundingRow cards={usable} card={card} onChoose={setChosen} choosing={false} />
      <p class="error" role="alert">
        {problem}
      </p>
      {card && (
        <Button kind="copper" busy={task.busy} onClick={pay}>
          {t("games.invoice_pay", { amount })}
        </Button>
      )}
    </section>
  );
}

interface BankProps {
  calls: Calls;
  told: Told;
  role: Role;
  onTold: (told: Told) => void;
}

function Bank({ calls, told: { bank }, role, onTold }: BankProps) {
  const usable = banks.value.filter(({ state }) => state === "active");
  const [chosen, setChosen] = useState<Id>(usable[0]?.id ?? "");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const set = (event: Event) => {
    event.preventDefault();
    setProblem("");
    void task.run(async () => onTold(await calls.setBank(chosen)));
  };
  return (
    <section>
      <h2>{t("games.bank")}</h2>
      {bank ? (
        <div class="padded">
          <p>{t("games.bank_is", bank)}</p>
          <p class="hint">{t("games.bank_since", { day: noon(bank.since) })}</p>
        </div>
      ) : (
        <p class="padded">{t("games.bank_none")}</p>
      )}
      {mayPay(role) && usable.length === 0 && (
        <p class="padded">
          <a class="link" href="/settings">
            {t("games.bank_add")}
          </a>
        </p>
      )}
      {mayPay(role) && usable.length > 0 && (
        <form class="form padded" onSubmit={set}>
          <Select
            label={t("games.bank_choose")}
            value={chosen}
            options={usable.map((one) => [one.id, `${one.bank} ••${one.last4}`])}
            onValue={setChosen}
          />
          <p class="error" role="alert">
            {problem}
          </p>
          <Button type="submit" busy={task.busy}>
            {t("games.bank_set")}
          </Button>
        </form>
      )}
    </section>
  );
}
