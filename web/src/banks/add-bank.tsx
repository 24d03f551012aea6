import { useMemo, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { Problem } from "../lib/api/problem.ts";
import type { AddBankBody } from "../lib/api/types.ts";
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
import { accountProblem, holderProblem, ibanProblem, routingProblem } from "./rules.ts";

type Kind = "checking" | "savings";
type Name = "iban" | "routing" | "account" | "holder" | "form";
type Errors = Partial<Record<Name, string>>;
/** What is typed. A house that holds euros asks for an IBAN, any other for the rest. */
type Typed = { iban: string; routing: string; account: string; kind: Kind; holder: string };
type Ask = (part: Partial<Typed>) => void;

/** Which field a refusal is about; what is about none is said below. */
const FIELD_OF: Record<string, Name> = {
  iban_invalid: "iban",
  routing_invalid: "routing",
  bank_unknown: "routing",
};
/** Of the sandbox's list, docs/guide/test-bank-accounts.md. */
const TEST = { routing: "099900027", account: "1000000010", iban: "DE45 9999 0001 1000 0000 10" };
const NOTHING: Typed = { iban: "", routing: "", account: "", kind: "checking", holder: "" };
/** What a bank has room for. */
const HOLDER_MOST = { iban: 70, routing: 22 };
type Way = keyof typeof HOLDER_MOST;

export function AddBank({ onClose }: { onClose: () => void }) {
  const way = state.value?.limits.currency === "EUR" ? "iban" : "routing";
  const most = HOLDER_MOST[way];
  const [typed, setTyped] = useState<Typed>(() => ({ ...NOTHING, holder: me.value.name.slice(0, most) }));
  const [errors, setErrors] = useState<Errors>({});
  const ask: Ask = (part) => setTyped((before) => ({ ...before, ...part }));
  // One id an intention: asked again as it was, it is the same account.
  const id = useMemo(uuid7, [typed]);
  const task = useTask((error) => setErrors({ [fieldOf(error, way)]: words(error) }));
  const save = (event: Event) => {
    event.preventDefault();
    const found = check(typed, way);
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    void task.run(async () => {
      const added = await api.addBank(id, body(typed, way));
      change((known) => withBank(known, added));
      toast(t("bank.added", { last4: added.last4 }));
      onClose();
    });
  };
  return (
    <Sheet title={t("bank.title")} onClose={onClose} size="card" closable={!task.busy}>
      <form class="stack" onSubmit={save} noValidate>
        <p class="muted">{t("bank.how")}</p>
        {way === "iban" ? (
          <IbanField typed={typed} errors={errors} ask={ask} />
        ) : (
          <NumberFields typed={typed} errors={errors} ask={ask} />
        )}
        <Field
          label={t("bank.holder")}
          hint={t("bank.holder_hint", { most })}
          error={errors.holder}
          autocomplete="name"
          maxLength={most}
          value={typed.holder}
          onValue={(holder) => ask({ holder })}
        />
        <p class="error" role="alert">
          {errors.form ?? ""}
        </p>
        <Button type="submit" kind="copper" class="wide" busy={task.busy}>
          {task.busy ? t("app.saving") : t("bank.add")}
        </Button>
        {state.value?.sandbox && (
          <button type="button" class="link start" onClick={() => ask(TEST)}>
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

type FieldsProps = { typed: Typed; errors: Errors; ask: Ask };

function IbanField({ typed, errors, ask }: FieldsProps) {
  return (
    <Field
      label={t("bank.iban")}
      hint={t("bank.iban_hint")}
      error={errors.iban}
      autocomplete="off"
      maxLength={42}
      value={typed.iban}
      onValue={(iban) => ask({ iban })}
      autofocus
    />
  );
}

function NumberFields({ typed, errors, ask }: FieldsProps) {
  return (
    <>
      <Field
        label={t("bank.routing")}
        hint={t("bank.routing_hint")}
        error={errors.routing}
        inputMode="numeric"
        autocomplete="off"
        maxLength={9}
        value={typed.routing}
        onValue={(routing) => ask({ routing })}
        autofocus
      />
      <Field
        label={t("bank.account")}
        hint={t("bank.account_hint")}
        error={errors.account}
        inputMode="numeric"
        autocomplete="off"
        maxLength={17}
        value={typed.account}
        onValue={(account) => ask({ account })}
      />
      <KindChoice kind={typed.kind} onChoose={(kind) => ask({ kind })} />
    </>
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

function check(typed: Typed, way: Way): Errors {
  const problems =
    way === "iban"
      ? { iban: ibanProblem(bare(typed.iban)) }
      : { routing: routingProblem(typed.routing), account: accountProblem(typed.account) };
  const found = { ...problems, holder: holderProblem(typed.holder, HOLDER_MOST[way]) };
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, key]) => (key ? [[name, told(key) ?? key]] : [])),
  ) as Errors;
}

function body(typed: Typed, way: Way): AddBankBody {
  const holder = typed.holder.trim();
  if (way === "iban") return { iban: bare(typed.iban), holder };
  return { routing_number: typed.routing, account_number: typed.account, kind: typed.kind, holder };
}

/** As a machine writes it: people, and banks' papers, put blanks in. */
const bare = (iban: string): string => iban.replace(/\s/g, "").toUpperCase();

function fieldOf(error: unknown, way: Way): Name {
  if (!(error instanceof Problem)) return "form";
  if (error.code === "bank_account_known") return way === "iban" ? "iban" : "account";
  return FIELD_OF[error.code] ?? "form";
}
