import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Id, Mandate } from "../lib/api/types.ts";
import { region, t } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { day } from "../lib/when.ts";
import { Button } from "../ui/button.tsx";
import { Question } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";

/** What businesses may take from bank accounts; nothing is shown to whoever let none. */
export function MandatesSection() {
  const [mandates, setMandates] = useState<readonly Mandate[]>([]);
  useEffect(() => {
    api.mandates().then(
      (answer) => setMandates(answer.mandates.filter((one) => one.revoked_at === null)),
      () => undefined,
    );
  }, []);
  const revoke = async (id: Id) => {
    await api.revokeMandate(id);
    setMandates((known) => known.filter((one) => one.id !== id));
  };
  if (mandates.length === 0) return null;
  return (
    <section>
      <h2>{t("mandate.title")}</h2>
      <ul class="list">
        {mandates.map((one) => (
          <MandateLine key={one.id} mandate={one} onRevoke={() => revoke(one.id)} />
        ))}
      </ul>
    </section>
  );
}

function MandateLine({ mandate, onRevoke }: { mandate: Mandate; onRevoke: () => Promise<void> }) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const { payee, amount_minor: minor, currency } = mandate;
  return (
    <li class="line">
      <span class="line-text">
        <b dir="auto">{payee}</b>
        <small>
          {minor === null
            ? t("mandate.standing")
            : t("mandate.once", { amount: formatMoney(minor, currency, region.value) })}
        </small>
        <small>{t("mandate.agreed", { date: day(mandate.agreed_at) })}</small>
        <details>
          <summary>{t("mandate.words")}</summary>
          <small dir="auto">{mandate.words}</small>
        </details>
      </span>
      <span class="line-actions">
        <Button busy={task.busy} onClick={() => setAsking(true)} aria-label={t("mandate.revoke_what", { payee })}>
          {t("mandate.revoke")}
        </Button>
      </span>
      {asking && (
        <Question
          title={t("mandate.revoke_title", { payee })}
          yes={t("mandate.revoke")}
          danger
          onYes={() => {
            setAsking(false);
            void task.run(onRevoke);
          }}
          onNo={() => setAsking(false)}
        >
          {t("mandate.revoke_hint")}
        </Question>
      )}
    </li>
  );
}
