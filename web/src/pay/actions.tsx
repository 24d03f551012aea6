import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { Problem } from "../lib/api/problem.ts";
import type { Payment } from "../lib/api/types.ts";
import { clock } from "../lib/clock.ts";
import { t } from "../lib/i18n/index.ts";
import { decimal } from "../lib/money.ts";
import { actionWord, undoLeft, type Action, type Said } from "../lib/says.ts";
import { banks, cards, learnPayment, words } from "../lib/store.ts";
import { open } from "../shell/sheets.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";

const VERBS = {
  cancel: "cancel",
  accept: "accept",
  decline: "decline",
  arrived: "arrived",
  not_arrived: "not-arrived",
} as const;

/** Accepting takes something to receive on; without it, adding a card is the way to accept. */
const isPossible = (action: Action): boolean => action !== "accept" ||
  cards.value.some((card) => card.can_receive) ||
  banks.value.some((account) => account.state === "active");

/** What may be done about a payment now: the first is the one that matters, unless it only gives up. */
export function PaymentActions({ payment, said }: { payment: Payment; said: Said }) {
  const undo_ms = useUndo(payment);
  const task = useTask((error) => tell(error));
  const act = (action: Action) => () => {
    if (action in VERBS)
      void task.run(async () => learnPayment(await api.act(payment.id, VERBS[action as keyof typeof VERBS])));
    else begin(action, payment);
  };
  const actions = said.actions.filter(isPossible);
  if (actions.length === 0) return null;
  const label = (action: Action) =>
    action === "cancel" && undo_ms > 0 ? t("payment.undo", { n: Math.ceil(undo_ms / 1000) }) : actionWord(action);
  return (
    <div class="row" aria-busy={task.busy}>
      {[...actions].reverse().map((action) => (
        <button
          key={action}
          type="button"
          class={`button ${action === actions[0] && (action !== "cancel" || undo_ms > 0) ? "copper" : "plain"}`}
          onClick={act(action)}
        >
          {label(action)}
        </button>
      ))}
    </div>
  );
}

/** Those that need another sheet first. */
function begin(action: Action, payment: Payment): void {
  if (action === "step_up") open({ kind: "confirm", payment: payment.id });
  if (action === "add_card") open({ kind: "add-card", bankToo: payment.viewer === "payee" });
  if (action === "another_card") {
    const amount = decimal(payment.amount_minor, payment.currency);
    open({
      kind: "pay",
      draft: {
        payee: payment.payee,
        amount,
        note: payment.note,
        ...(payment.funding && { declined: payment.funding }),
      },
    });
  }
}

/** Somebody or something was faster: show what is true now, and say so. */
function tell(error: unknown): void {
  const current = error instanceof Problem ? (error.facts.payment as Payment | undefined) : undefined;
  if (current) learnPayment(current);
  toast(words(error), "bad");
}

const fast = signal(0);

/** Milliseconds left to undo, by the server's clock; looked at often enough that no second is shown twice or skipped. */
function useUndo(payment: Payment): number {
  const left = undoLeft(payment);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setInterval(() => (fast.value = clock.now()), 200);
    return () => clearInterval(timer);
  }, [left > 0, payment.id]);
  return left > 0 ? undoLeft(payment, Math.max(fast.value, clock.now())) : 0;
}
