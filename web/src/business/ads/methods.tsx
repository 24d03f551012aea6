import { useState } from "preact/hooks";
import type { BankAccount, Card, Id } from "../../lib/api/types.ts";
import { banks } from "../../lib/store.ts";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { useTask } from "../../ui/task.ts";
import { Select } from "../select.tsx";
import { Agreement } from "./agreement.tsx";
import type { Given } from "./ads.tsx";
import type { Chosen, Source } from "./calls.ts";
import { named } from "./order.tsx";
import { methodState } from "./says.ts";
import { t } from "./words.ts";

/** Whom to charge, and in which order: cards, and bank accounts whose owner agreed to be debited. */
export function Methods({ ads, account, learn, cards }: Given & { cards: readonly Card[] }) {
  const methods = account.order.filter(({ kind }) => kind === "primary" || kind === "backup");
  const [chosen, setChosen] = useState("");
  const [agreeing, setAgreeing] = useState<BankAccount | null>(null);
  const task = useTask();
  const active = account.takes_banks ? banks.value.filter(({ state }) => state === "active") : [];
  const others = [...cards, ...active].filter(({ id }) => !methods.some((one) => one.id === id));
  const one = others.find(({ id }) => id === chosen) ?? others[0];
  const now = methods.map(same);
  const save = async (list: readonly Chosen[]) => {
    learn(await ads.setMethods(account.id, list));
    setChosen("");
  };
  const set = (list: readonly Chosen[]) => void task.run(() => save(list));
  const agreed = (bank: BankAccount) => (mandate_id: Id) => {
    const added = { bank_id: bank.id, mandate_id };
    const place = methods.findIndex(({ id }) => id === bank.id);
    return save(place < 0 ? [...now, added] : now.map((other, n) => (n === place ? added : other)));
  };
  const add = () => {
    const bank = active.find(({ id }) => id === one?.id);
    if (bank) setAgreeing(bank);
    else set([...now, { card_id: one!.id }]);
  };
  return (
    <section>
      <h2>{t("ads.methods")}</h2>
      <p class="padded muted">{t("ads.methods_why")}</p>
      <ul class="list">
        {methods.map((method, n) => (
          <li key={method.id} class="line">
            <span class="line-text">
              <b>{method.instrument ? named(method.instrument) : ""}</b>
              <small>{t(`ads.source_${method.kind}`)}</small>
              <State method={method} />
            </span>
            <span class="line-actions">
              {method.instrument?.state === "withdrawn" && (
                <Again bank={active.find(({ id }) => id === method.id)} onAgain={setAgreeing} />
              )}
              {n > 0 && (
                <>
                  <Button onClick={() => set([now[n]!, ...now.filter((_, k) => k !== n)])}>
                    {t("ads.make_primary")}
                  </Button>
                  <Button onClick={() => set(now.filter((_, k) => k !== n))}>{t("ads.take_away")}</Button>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
      {one && (
        <div class="form padded">
          <Select label={t("ads.your_method")} value={one.id} options={others.map(option)} onValue={setChosen} />
          <Button busy={task.busy} onClick={add}>
            {t(methods.length ? "ads.add_backup" : "ads.add_primary")}
          </Button>
        </div>
      )}
      <p class="padded muted">
        <a href="/settings">{t(others.length ? "ads.add_another" : "ads.add_card_first")}</a>
      </p>
      {agreeing && <Agreement bank={agreeing} onAgreed={agreed(agreeing)} onClose={() => setAgreeing(null)} />}
    </section>
  );
}

const option = (one: Card | BankAccount): [string, string] => [one.id, named(one)];

/** As it is charged already: its mandate is known. */
const same = ({ id, instrument }: Source): Chosen =>
  instrument?.kind === "bank" ? { bank_id: id! } : { card_id: id! };

/** What is wrong with it, if anything is. */
function State({ method }: { method: Source }) {
  const said = method.instrument && methodState(method.instrument.state);
  return said ? <Chip said={said} /> : null;
}

function Again({ bank, onAgain }: { bank: BankAccount | undefined; onAgain: (bank: BankAccount) => void }) {
  return bank ? <Button onClick={() => onAgain(bank)}>{t("ads.agree_again")}</Button> : null;
}
