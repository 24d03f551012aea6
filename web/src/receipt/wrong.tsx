import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Dispute, Payment, Reportable } from "../lib/api/types.ts";
import { withDispute } from "../lib/feed/apply.ts";
import { region, t } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { change, state, words } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";

/** What can be reported about a payment, until when, and what became of what was. */
export function Wrong({ payment }: { payment: Payment }) {
  const [known, setKnown] = useState<Reportable | null>(null);
  const [problem, setProblem] = useState("");
  const reported = Object.values(state.value!.disputes).filter((one) => one.payment_id === payment.id);
  const marks = reported.map((one) => `${one.id} ${one.version}`).join();
  useEffect(() => {
    let here = true;
    api.reportable(payment.id).then(
      (answer) => {
        if (!here) return;
        setKnown(answer);
        answer.disputes.forEach((one) => change((before) => withDispute(before, one)));
      },
      (error: unknown) => here && setProblem(words(error)),
    );
    return () => (here = false);
  }, [payment.id, payment.version, marks]);
  if (problem) return <p class="muted padded">{problem}</p>;
  const able = known !== null && known.reasons.length > 0;
  if (!able && !known?.questioned && reported.length === 0) return null;
  return (
    <div class="wrong">
      <h2>{t("wrong.title")}</h2>
      {known?.questioned && <p>{t("wrong.questioned")}</p>}
      {reported.map((dispute) => (
        <Reported key={dispute.id} dispute={dispute} payment={payment} />
      ))}
      {able && (
        <>
          <Button icon="circle-alert" onClick={() => open({ kind: "report", payment, reasons: known.reasons })}>
            {t("wrong.report")}
          </Button>
          {known.last_day && <p class="hint">{t("wrong.last_day", { date: when.day(`${known.last_day}T12:00`) })}</p>}
        </>
      )}
    </div>
  );
}

function Reported({ dispute, payment }: { dispute: Dispute; payment: Payment }) {
  const asked = dispute.viewer === "respondent";
  const task = useTask();
  const withdraw = () =>
    void task.run(async () => {
      const after = await api.withdrawDispute(dispute.id);
      change((known) => withDispute(known, after));
      toast(t("wrong.withdrawn_now"));
    });
  return (
    <article class="reported">
      <b>{t(asked ? "wrong.asked" : "wrong.reported", { reason: t(`wrong.reason_${dispute.reason}`) })}</b>
      <p>{sentence(dispute, asked ? payment.payer.name : payment.payee.name)}</p>
      {dispute.given_minor > 0 && dispute.decide_by && <p>{t("wrong.given", { amount: money(dispute.given_minor, dispute) })}</p>}
      <ol class="timeline">
        {dispute.timeline.map((line) => (
          <li key={`${line.at} ${line.state}`} class="done">
            <span class="dot">
              <Icon name="check" size={12} />
            </span>
            <b>{t(`wrong.step_${line.state}`)}</b>
            <small>
              <time dateTime={line.at}>{when.precise(line.at)}</time>
            </small>
          </li>
        ))}
      </ol>
      {dispute.says && <blockquote dir="auto">{dispute.says}</blockquote>}
      {dispute.can.includes("withdraw") && (
        <Button kind="quiet" busy={task.busy} onClick={withdraw}>
          {t("wrong.withdraw")}
        </Button>
      )}
      {dispute.can.includes("answer") && (
        <Button onClick={() => open({ kind: "answer-report", dispute })}>{t("wrong.answer")}</Button>
      )}
    </article>
  );
}

/** Where it stands, and the next date on which something happens by itself. */
function sentence(dispute: Dispute, other: string): string {
  const amount = money(dispute.awarded_minor ?? dispute.amount_minor, dispute);
  const by = dispute.given_minor === 0 ? dispute.credit_by : null;
  if (dispute.viewer === "respondent" && dispute.can.includes("answer"))
    return t("wrong.asked_until", { name: other, date: dispute.respond_by ? when.day(dispute.respond_by) : "" });
  if (by) return t("wrong.until_credit", { date: when.day(by) });
  if (dispute.decide_by) return t("wrong.until_decided", { date: when.day(dispute.decide_by) });
  return t(`wrong.end_${dispute.state}`, { amount });
}

const money = (minor: number, dispute: Dispute): string => formatMoney(minor, dispute.currency, region.value);
