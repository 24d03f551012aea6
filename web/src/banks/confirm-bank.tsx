import { useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { Problem } from "../lib/api/problem.ts";
import type { BankStatementLine, Id } from "../lib/api/types.ts";
import { withBank } from "../lib/feed/apply.ts";
import { region, t } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { bankFace } from "../lib/says.ts";
import { change, state, words } from "../lib/store.ts";
import { day } from "../lib/when.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";
import { cents } from "./rules.ts";

/** Prove an account by the two amounts on its statement. */
export function ConfirmBank({ bankId, onClose }: { bankId: Id; onClose: () => void }) {
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [errors, setErrors] = useState<{ first?: string; second?: string; form?: string }>({});
  const account = state.value?.bank_accounts.find((one) => one.id === bankId);
  const task = useTask((error) => {
    setErrors({ form: words(error, error instanceof Problem ? { n: Number(error.facts.tries_left ?? 0) } : {}) });
  });
  if (!account) return null;
  const save = (event: Event) => {
    event.preventDefault();
    const [one, other] = [cents(first), cents(second)];
    setErrors({
      ...(one === null ? { first: t("bank.why_cents") } : {}),
      ...(other === null ? { second: t("bank.why_cents") } : {}),
    });
    if (one === null || other === null) return;
    void task.run(async () => {
      const confirmed = await api.confirmBank(bankId, [one, other]);
      change((known) => withBank(known, confirmed));
      toast(t("bank.confirmed", { bank: bankFace(confirmed) }));
      onClose();
    });
  };
  return (
    <Sheet title={t("bank.confirm_title")} onClose={onClose} size="card" closable={!task.busy}>
      <form class="stack" onSubmit={save} noValidate>
        <p class="muted">
          {t("bank.confirm_hint", { bank: bankFace(account), date: account.deposits_by ? day(account.deposits_by) : "" })}
        </p>
        <Field
          label={t("bank.first")}
          error={errors.first}
          inputMode="decimal"
          autocomplete="off"
          placeholder="0.12"
          value={first}
          onValue={setFirst}
          autofocus
        />
        <Field
          label={t("bank.second")}
          error={errors.second}
          inputMode="decimal"
          autocomplete="off"
          placeholder="0.57"
          value={second}
          onValue={setSecond}
        />
        <p class="error" role="alert">
          {errors.form ?? ""}
        </p>
        {account.tries_left !== null && <p class="hint">{t("bank.tries", { n: account.tries_left })}</p>}
        <Button type="submit" kind="copper" class="wide" busy={task.busy}>
          {task.busy ? t("app.saving") : t("bank.confirm")}
        </Button>
      </form>
      {state.value?.sandbox && <Statement bankId={bankId} />}
    </Sheet>
  );
}

/** In the sandbox nobody has an account to look at, so the simulated bank's statement is shown here. */
function Statement({ bankId }: { bankId: Id }) {
  const [lines, setLines] = useState<readonly BankStatementLine[] | null>(null);
  const task = useTask();
  const look = () => void task.run(async () => setLines((await api.bankStatement(bankId)).lines));
  return (
    <section class="stack" aria-live="polite">
      <Button icon="landmark" class="wide" busy={task.busy} onClick={look}>
        {t("bank.statement")}
      </Button>
      {lines?.length === 0 && <p class="muted">{t("bank.statement_empty")}</p>}
      <ul class="list">
        {lines?.map((line, place) => (
          <li key={place} class="line">
            <span class="line-text">
              <b>{formatMoney(line.amount_minor, "USD", region.value)}</b>
              <small>
                {line.on} · {line.description}
              </small>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
