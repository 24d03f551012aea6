import { useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { BankAccount } from "../lib/api/types.ts";
import { now } from "../lib/clock.ts";
import { withBank, withoutBank } from "../lib/feed/apply.ts";
import { t, told } from "../lib/i18n/index.ts";
import { bankFace } from "../lib/says.ts";
import { banks, change } from "../lib/store.ts";
import { day } from "../lib/when.ts";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";
import { Question } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";

/** Bank accounts below the cards: each with its state in words and whose move it is. */
export function BankLines() {
  return (
    <>
      <ul class="list">
        {banks.value.map((account) => (
          <BankLine key={account.id} account={account} />
        ))}
      </ul>
      <div class="padded">
        <Button icon="landmark" onClick={() => open({ kind: "add-bank" })}>
          {t("bank.add")}
        </Button>
      </div>
    </>
  );
}

function BankLine({ account }: { account: BankAccount }) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const receive = () =>
    void task.run(async () => {
      const changed = await api.changeBank(account.id, true);
      change((known) => withBank(known, changed));
    });
  const remove = () => {
    setAsking(false);
    void task.run(async () => {
      await api.removeBank(account.id);
      change((known) => withoutBank(known, account.id));
    });
  };
  return (
    <li class="line card-line">
      <span class="card-icon">
        <Icon name="landmark" />
      </span>
      <span class="line-text">
        <b>
          <bdi>{bankFace(account)}</bdi>
        </b>
        <small>{account.kind === "iban" ? "IBAN" : t(`bank.${account.kind}`)}</small>
        <Standing account={account} />
      </span>
      <Menu label={`${t("app.more")}: ${bankFace(account)}`}>
        {account.state === "active" && !account.receives && (
          <button type="button" role="menuitem" onClick={receive}>
            {t("bank.make_receives")}
          </button>
        )}
        <button type="button" role="menuitem" class="danger-text" onClick={() => setAsking(true)}>
          {t("card.remove")}
        </button>
      </Menu>
      {asking && (
        <Question
          title={t("card.remove_title", { card: bankFace(account) })}
          yes={t("card.remove")}
          danger
          onYes={remove}
          onNo={() => setAsking(false)}
        >
          {t("card.remove_hint")}
        </Question>
      )}
    </li>
  );
}

function Standing({ account }: { account: BankAccount }) {
  if (account.state === "verifying")
    return (
      <>
        <small>{t("bank.waits", { date: account.deposits_by ? day(account.deposits_by) : "" })}</small>
        <Asking account={account} />
        <Button icon="check" onClick={() => open({ kind: "confirm-bank", bank: account.id })}>
          {t("bank.enter_amounts")}
        </Button>
      </>
    );
  if (account.state === "active")
    return (
      <>
        <span class="roles">{account.receives && <span class="chip info">{t("card.receives")}</span>}</span>
        <Asking account={account} />
      </>
    );
  const why = told(`bank.why_${account.reason}`) ?? t("bank.why_returned", { code: account.reason ?? "" });
  return (
    <>
      <span class="roles">
        <span class="chip wait">{t(`bank.state_${account.state as "rejected" | "dead" | "suspended"}`)}</span>
      </span>
      <small>{why}</small>
    </>
  );
}

/** Its bank is being asked whether it may be debited; until when. */
function Asking({ account }: { account: BankAccount }) {
  if (!account.debits_from || Date.parse(account.debits_from) <= now.value) return null;
  return <small>{t("bank.being_asked", { date: day(account.debits_from) })}</small>;
}
