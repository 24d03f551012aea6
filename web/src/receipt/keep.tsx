import { useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Download } from "../lib/api/client.ts";
import { Problem } from "../lib/api/problem.ts";
import type { Payment } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { canShare, save, share } from "../lib/save.ts";
import { online, words } from "../lib/store.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";

/** Nothing was ever taken, so the books know nothing that could be proven. */
const UNBOOKED = new Set(["created", "step_up", "debiting", "debit_unknown", "cancelled", "abandoned"]);

/** What can be taken away of a payment: the receipt for people, the proof for whoever trusts nobody. */
export function Keep({ payment }: { payment: Payment }) {
  const booked = !UNBOOKED.has(payment.state) && payment.state !== "debit_failed";
  return (
    <>
      <h2>{t("keep.title")}</h2>
      <ul class="facts">
        <Row name={t("keep.receipt")} hint={t("keep.receipt_hint")} fetch={() => api.receipt(payment.id)} />
        {booked && <Row name={t("keep.proof")} hint={t("keep.proof_hint")} fetch={() => api.proof(payment.id)} />}
      </ul>
    </>
  );
}

function Row({ name, hint, fetch }: { name: string; hint: string; fetch: () => Promise<Download> }) {
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(why(error)));
  const take = () => {
    setProblem("");
    if (!online.value) return setProblem(t("keep.offline"));
    void task.run(async () => {
      save(await fetch());
      toast(t("keep.saved"));
    });
  };
  return (
    <li class="fact">
      <div>
        <b>{name}</b>
        <small>{hint}</small>
        <p class="error" role="alert">
          {problem}
        </p>
      </div>
      <Button onClick={take} busy={task.busy} aria-label={`${t("keep.save")}: ${name}`}>
        {task.busy ? t("app.saving") : t("keep.save")}
      </Button>
    </li>
  );
}

const why = (error: unknown): string =>
  error instanceof Problem && error.code === "not_sealed_yet" ? t("keep.not_yet") : words(error);

/** The receipt to another app, where the device has such a thing. */
export function Share({ payment }: { payment: Payment }) {
  const task = useTask();
  if (!canShare()) return <span class="bar-space" />;
  const hand = () => void task.run(async () => share(await api.receipt(payment.id)));
  return <IconButton name="share" label={t("keep.share")} aria-busy={task.busy} onClick={hand} />;
}
