import { useId, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Dispute, Payment, Reportable } from "../lib/api/types.ts";
import { withDispute } from "../lib/feed/apply.ts";
import { t } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { change, words } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";

type Reason = Reportable["reasons"][number];

interface ReportProps {
  payment: Payment;
  reasons: readonly Reason[];
  onClose: () => void;
}

/** Say what is wrong with a payment. The id is minted once, so that a report which is repeated is one report. */
export function ReportSheet({ payment, reasons, onClose }: ReportProps) {
  const [id] = useState(uuid7);
  const [reason, setReason] = useState<Reason | null>(null);
  const [says, setSays] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const send = (event: Event) => {
    event.preventDefault();
    if (reason === null) return setProblem(t("wrong.why_reason"));
    setProblem("");
    void task.run(async () => {
      const opened = await api.report(id, { payment_id: payment.id, reason, says: says.trim() });
      change((known) => withDispute(known, opened));
      toast(t("wrong.sent"));
      onClose();
    });
  };
  return (
    <Sheet title={t("wrong.report")} onClose={onClose} size="card" closable={!task.busy}>
      <form class="stack" onSubmit={send} noValidate>
        <fieldset class="funding-choice">
          <legend>{t("wrong.what")}</legend>
          {reasons.map((one, place) => (
            <label key={one} class="funding">
              <input
                type="radio"
                name="reason"
                checked={reason === one}
                onChange={() => (setReason(one), setProblem(""))}
                autofocus={place === 0}
              />
              <span class="grow">
                {t(`wrong.reason_${one}`)}
                <small>{t(`wrong.hint_${one}`, { name: payment.payee.name })}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Words label={t("wrong.says")} hint={t("wrong.says_hint")} value={says} onValue={setSays} />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" class="wide" busy={task.busy}>
          {task.busy ? t("app.saving") : t("wrong.send")}
        </Button>
      </form>
    </Sheet>
  );
}

/** Say how it was, when asked about somebody's report. */
export function AnswerSheet({ dispute, onClose }: { dispute: Dispute; onClose: () => void }) {
  const [says, setSays] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const send = (event: Event) => {
    event.preventDefault();
    if (!says.trim()) return setProblem(t("wrong.why_says"));
    setProblem("");
    void task.run(async () => {
      const after = await api.answerDispute(dispute.id, says.trim());
      change((known) => withDispute(known, after));
      toast(t("wrong.sent"));
      onClose();
    });
  };
  return (
    <Sheet title={t("wrong.answer")} onClose={onClose} size="card" closable={!task.busy}>
      <form class="stack" onSubmit={send} noValidate>
        <Words label={t("wrong.how")} hint={t("wrong.says_hint")} value={says} onValue={setSays} />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" class="wide" busy={task.busy}>
          {task.busy ? t("app.saving") : t("wrong.send")}
        </Button>
      </form>
    </Sheet>
  );
}

interface WordsProps {
  label: string;
  hint: string;
  value: string;
  onValue: (value: string) => void;
}

function Words({ label, hint, value, onValue }: WordsProps) {
  const [id, below] = [useId(), useId()];
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        rows={3}
        maxLength={2000}
        dir="auto"
        value={value}
        onInput={(event) => onValue(event.currentTarget.value)}
        aria-describedby={below}
      />
      <p id={below} class="hint">
        {hint}
      </p>
    </div>
  );
}
