import { useEffect, useState } from "preact/hooks";
import * as api from "../../lib/api/calls.ts";
import type { Card } from "../../lib/api/types.ts";
import { region } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { formatMoney } from "../../lib/money.ts";
import { words } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Question } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import { toast } from "../../ui/toast.tsx";
import { Select } from "../select.tsx";
import type { Given } from "./ads.tsx";
import type { Account, Credit } from "./calls.ts";
import { read, shown } from "./campaigns.tsx";
import { Methods } from "./methods.tsx";
import { named, Order } from "./order.tsx";
import { t } from "./words.ts";

/** How an account is paid: the order, methods, the balance, credits, the threshold and the cap, closing. */
export function Paying(given: Given) {
  const { account, mayPay } = given;
  const [cards, setCards] = useState<readonly Card[]>([]);
  const task = useTask();
  useEffect(() => {
    if (mayPay) void task.run(async () => setCards((await api.cards()).cards.filter(({ can_fund }) => can_fund)));
  }, []);
  return (
    <>
      <Order account={account} />
      {mayPay && account.way === "auto" && <Methods {...given} cards={cards} />}
      {mayPay && account.way !== "invoice" && <Prepaid {...given} cards={cards} />}
      <Credits {...given} />
      <Limits {...given} />
      {mayPay && account.state !== "closed" && account.state !== "closing" && <Close {...given} />}
    </>
  );
}

type WithCards = Given & { cards: readonly Card[] };

const options = (cards: readonly Card[]): [string, string][] => cards.map((card) => [card.id, named(card)]);

function Prepaid({ ads, account, learn, cards }: WithCards) {
  const [amount, setAmount] = useState("");
  const [chosen, setChosen] = useState("");
  const [intention, setIntention] = useState(uuid7);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const card = chosen || cards[0]?.id || "";
  if (account.way !== "prepaid" && !account.prepaid_minor) return null;
  const submit = (event: Event) => {
    event.preventDefault();
    const minor = read(amount, account.currency);
    if (!minor) return setProblem(t("ads.needs_amount"));
    setProblem("");
    void task.run(async () => {
      learn(await ads.topUp(account.id, intention, card, minor));
      setIntention(uuid7());
      setAmount("");
      toast(t("ads.topping_up"));
    });
  };
  const giveBack = () =>
    void task.run(async () => {
      learn(await ads.refundUnused(account.id, uuid7()));
      toast(t("ads.refund_started"));
    });
  return (
    <section>
      <h2>
        {t("ads.prepaid")} <Amount minor={account.prepaid_minor} currency={account.currency} />
      </h2>
      {cards.length > 0 && (
        <form class="form padded" onSubmit={submit} noValidate>
          <Field
            label={t("ads.amount")}
            error={problem}
            value={amount}
            onValue={setAmount}
            inputMode="decimal"
            autocomplete="off"
          />
          <Select label={t("ads.your_card")} value={card} options={options(cards)} onValue={setChosen} />
          <Button type="submit" busy={task.busy}>
            {t("ads.top_up")}
          </Button>
        </form>
      )}
      {account.refundable_minor > 0 && (
        <div class="padded">
          <Button onClick={giveBack}>
            {t("ads.refund_unused", { amount: formatMoney(account.refundable_minor, account.currency, region.value) })}
          </Button>
          <p class="muted">{t("ads.refund_why")}</p>
        </div>
      )}
    </section>
  );
}

function Credits({ ads, account, learn, mayPay }: Given) {
  const [credits, setCredits] = useState<readonly Credit[] | null>(null);
  const [code, setCode] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const load = async () => setCredits(await ads.credits(account.id));
  useEffect(() => void task.run(load), [account.id]);
  const submit = (event: Event) => {
    event.preventDefault();
    setProblem("");
    void task.run(async () => {
      learn(await ads.redeem(account.id, code.trim().toUpperCase()));
      setCode("");
      await load();
    });
  };
  return (
    <section>
      <h2>{t("ads.credits")}</h2>
      {credits?.length === 0 && <p class="padded muted">{t("ads.no_credits")}</p>}
      <ul class="list">
        {credits?.map((credit) => (
          <li key={credit.id} class="line">
            <span class="line-text">
              <b>{t(`ads.source_${credit.why}`)}</b>
              <small>
                {t(`ads.credit_${credit.state}`)} · {t("ads.expires", { day: when.day(credit.expires_at) })}
              </small>
            </span>
            <Amount minor={credit.left_minor} currency={account.currency} />
          </li>
        ))}
      </ul>
      {mayPay && (
        <form class="form padded" onSubmit={submit} noValidate>
          <Field
            label={t("ads.coupon")}
            hint={t("ads.coupon_hint")}
            error={problem}
            value={code}
            onValue={setCode}
            autocapitalize="characters"
            autocomplete="off"
            spellcheck={false}
            maxLength={19}
          />
          <Button type="submit" busy={task.busy}>
            {t("ads.redeem")}
          </Button>
        </form>
      )}
    </section>
  );
}

function Limits({ ads, account, learn, mayPay }: Given) {
  const { threshold, currency } = account;
  const [own, setOwn] = useState(shown(threshold.own_minor, currency));
  const [cap, setCap] = useState(shown(account.spend_cap_minor, currency));
  const [catchUp, setCatchUp] = useState(account.catch_up);
  const [problem, setProblem] = useState<{ own?: string; cap?: string; other?: string }>({});
  const task = useTask((error) => setProblem({ other: words(error) }));
  const money = (minor: number) => formatMoney(minor, currency, region.value);
  const submit = (event: Event) => {
    event.preventDefault();
    const [own_threshold_minor, spend_cap_minor] = [read(own, currency), read(cap, currency)];
    if (own_threshold_minor === undefined) return setProblem({ own: t("ads.needs_amount") });
    if (spend_cap_minor === undefined) return setProblem({ cap: t("ads.needs_amount") });
    setProblem({});
    void task.run(async () => {
      learn(await ads.change(account.id, { own_threshold_minor, spend_cap_minor, catch_up: catchUp }));
      toast(t("ads.saved"));
    });
  };
  return (
    <section>
      <h2>{t("ads.limits")}</h2>
      {account.way === "auto" && <Ladder account={account} />}
      <form class="form padded" onSubmit={submit} noValidate>
        {account.way === "auto" && (
          <Field
            label={t("ads.own_threshold")}
            hint={t("ads.own_threshold_hint", { earned: money(threshold.earned_minor) })}
            error={problem.own}
            value={own}
            onValue={setOwn}
            inputMode="decimal"
            autocomplete="off"
          />
        )}
        <Field
          label={t("ads.spend_cap")}
          hint={t("ads.spend_cap_hint", { spent: money(account.spent_minor) })}
          error={problem.cap}
          value={cap}
          onValue={setCap}
          inputMode="decimal"
          autocomplete="off"
        />
        <label class="ads-tick">
          <input type="checkbox" checked={catchUp} onChange={(event) => setCatchUp(event.currentTarget.checked)} />
          <span>
            {t("ads.catch_up")}
            <small>{t("ads.catch_up_why")}</small>
          </span>
        </label>
        {problem.other && (
          <p class="error" role="alert">
            {problem.other}
          </p>
        )}
        {mayPay && (
          <Button type="submit" busy={task.busy}>
            {t("ads.save")}
          </Button>
        )}
      </form>
    </section>
  );
}

/** Which rung of the ladder the account stands on, and what the next one takes. */
function Ladder({ account: { threshold, currency } }: { account: Account }) {
  const money = (minor: number) => formatMoney(minor, currency, region.value);
  const left = Math.max(threshold.clean_bills_needed - threshold.clean_bills, 0);
  return (
    <div class="padded">
      <ol class="ads-ladder">
        {threshold.ladder_minor.map((minor) => (
          <li key={minor} aria-current={minor === threshold.earned_minor ? "step" : undefined}>
            {money(minor)}
          </li>
        ))}
      </ol>
      <p class="muted">
        {threshold.is_manual
          ? t("ads.ladder_manual")
          : t("ads.ladder_next", { n: left, day: when.day(threshold.climbs_from) })}
      </p>
    </div>
  );
}

function Close({ ads, account, learn }: Given) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  return (
    <section class="padded">
      <Button kind="danger" busy={task.busy} onClick={() => setAsking(true)}>
        {t("ads.close")}
      </Button>
      {asking && (
        <Question
          title={t("ads.close_what", { name: account.name })}
          yes={t("ads.close")}
          danger
          onNo={() => setAsking(false)}
          onYes={() => {
            setAsking(false);
            void task.run(async () => learn(await ads.close(account.id)));
          }}
        >
          {t("ads.close_why")}
        </Question>
      )}
    </section>
  );
}
