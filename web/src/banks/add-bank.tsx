import { useMemo, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { Problem } from "../lib/api/problem.ts";
import { withBank } from "../lib/feed/apply.ts";
import { t, told } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { change, me, state, words } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";
import { accountProblem, holderProblem, routingProblem } from "./rules.ts";

type Kind = "checking" | "savings";
type Name = "routing" | "account" | "holder" | "form";
type Errors = Partial<Record<Name, string>>;

/** Which field a refusal is about; what is about none is said below. */
const FIELD_OF: Record<string, Name> = {
  routing_invalid: "routing",
  bank_unknown: "routing",
  bank_account_known: "account",
};
/** Of the sandbox's list, docs/guide/test-bank-accounts.md. */
const TEST = { routing: "099900027", account: "1000000010" };

export function AddBank({ onClose }: { onClose: () => void }) {
  const [routing, setRouting] = useState("");
  const [account, setAccount] = useState("");
  const [holder, setHolder] = useState(me.value.name.slice(0, 22));
  const [kind, setKind] = useState<Kind>("checking");
  const [errors, setErrors] = useState<Errors>({});
  // One id an intention: asked again as it was, it is the same account.
  const id = useMemo(uuid7, [routing, account, holder, kind]);
  const task = useTask((error) => setErrors({ [fieldOf(error)]: words(error) }));
  const save = (event: Event) => {
    event.preventDefault();
    const found = check(routing, account, holder);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    void task.run(async () => {
      const told = { routing_number: routing, account_number: account, kind, holder: holder.trim() };
      const added = await api.addBank(id, told);
      change((known) => withBank(known, added));
      toast(t("bank.added", { last4: added.last4 }));
      onClose();
    });
  };
  return (
    <Sheet title={t("bank.title")} onClose={onClose} size="card" closable={!task.busy}>
      <form class="stack" onSubmit={save} noValidate>
        <p class="muted">{t("bank.how")}</p>
        <Field
          label={t("bank.routing")}
          hint={t("bank.routing_hint")}
          error={errors.routing}
          inputMode="numeric"
          autocomplete="off"
          maxLength={9}
          value={routing}
          onValue={setRouting}
          autofocus
        />
        <Field
          label={t("bank.account")}
          hint={t("bank.account_hint")}
          error={errors.account}
          inputMode="numeric"
          autocomplete="off"
          maxLength={17}
          value={account}
          onValue={setAccount}
        />
        <KindChoice kind={kind} onChoose={setKind} />
        <Field
          label={t("bank.holder")}
          hint={t("bank.holder_hint")}
          error={errors.holder}
          autocomplete="name"
          maxLength={22}
          value={holder}
          onValue={setHolder}
        />
        <p class="error" role="alert">
          {errors.form ?? ""}
        </p>
        <Button type="submit" kind="copper" class="wide" busy={task.busy}>
          {task.busy ? t("app.saving") : t("bank.add")}
        </Button>
        {state.value?.sandbox && (
          <button type="button" class="link start" onClick={() => (setRouting(TEST.routing), setAccount(TEST.account))}>
            {t("bank.fill_test")}
          </button>
        )}
        <p class="hint with-icon">
          <Icon name="lock-keyhole" size={16} />
          {t("bank.why_safe")}
        </p>
      </form>
    </Sheet>
  );
}

function KindChoice({ kind, onChoose }: { kind: Kind; onChoose: (kind: Kind) => void }) {
  return (
    <fieldset class="funding-choice">
      <legend class="heard">{t("bank.kind")}</legend>
      {(["checking", "savings"] as const).map((one) => (
        <label key={one} class="funding">
          <input type="radio" name="kind" checked={kind === one} onChange={() => onChoose(one)} />
          <span class="grow">{t(`bank.${one}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function check(routing: string, account: string, holder: string): Errors {
  const found = {
    routing: routingProblem(routing),
    account: accountProblem(account),
    holder: holderProblem(holder),
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, key]) => (key ? [[name, told(key) ?? key]] : [])),
  ) as Errors;
}

const fieldOf = (error: unknown): Name => (error instanceof Problem ? (FIELD_OF[error.code] ?? "form") : "form");
