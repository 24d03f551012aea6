import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { Problem } from "../lib/api/problem.ts";
import type { Id, Payment } from "../lib/api/types.ts";
import { region, t, told } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { hasPasskeys, usePasskey } from "../lib/passkey.ts";
import { learnPayment, me, state, words } from "../lib/store.ts";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { Pin } from "./pin.tsx";

/** Prove that it is you, for this payment and this amount only. */
export function ConfirmSheet({ paymentId, onClose }: { paymentId: Id; onClose: () => void }) {
  const payment = state.value!.payments[paymentId];
  const needed = payment?.can.includes("step_up") ?? false;
  useEffect(() => {
    if (!needed) onClose();
  }, [needed]);
  if (!payment || !needed) return null;
  return <Confirm payment={payment} onClose={onClose} />;
}

function Confirm({ payment, onClose }: { payment: Payment; onClose: () => void }) {
  const [pin, setPin] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => {
    setPin("");
    if (error instanceof Problem && error.status === 409 && error.facts.payment)
      learnPayment(error.facts.payment as Payment);
    setProblem(words(error));
  });
  const prove = (proof: () => Promise<Parameters<typeof api.stepUp>[1] | null>) => {
    setProblem("");
    void task.run(async () => {
      const proven = await proof();
      if (!proven) return;
      learnPayment(await api.stepUp(payment.id, proven));
      onClose();
    });
  };
  const cancel = () => void task.run(async () => learnPayment(await api.act(payment.id, "cancel")));
  const amount = formatMoney(payment.amount_minor, payment.currency, region.value);
  const passkey = useHasPasskey() && (payment.step_up?.methods.includes("passkey") ?? false);
  return (
    <Sheet title={t("pin.title")} onClose={onClose} size="card" closable={!task.busy}>
      <div class="confirm">
        <p class="confirm-what">{t("pin.what", { amount, name: payment.payee.name })}</p>
        <p class="muted">{told(`pin.reason_${payment.step_up?.reason ?? ""}`, { name: payment.payee.name })}</p>
        {passkey && (
          <Button
            kind="copper"
            icon="key-round"
            class="wide"
            busy={task.busy}
            onClick={() => prove(() => byPasskey(payment.id))}
          >
            {t("pin.passkey")}
          </Button>
        )}
        {me.value.has_pin ? (
          <Pin
            value={pin}
            onValue={setPin}
            busy={task.busy}
            onDone={(pin) => prove(() => Promise.resolve({ pin }))}
            problem={problem}
            copper={!passkey}
          />
        ) : (
          <NoPin problem={problem} />
        )}
        <Button kind="quiet" class="wide" onClick={cancel}>
          {t("pin.not_now")}
        </Button>
      </div>
    </Sheet>
  );
}

/** Whether there is a passkey to prove with: the browser can, and the person has made one. */
function useHasPasskey(): boolean {
  const [has, setHas] = useState(false);
  useEffect(() => {
    if (hasPasskeys)
      api.passkeys().then(
        ({ passkeys }) => setHas(passkeys.length > 0),
        () => undefined,
      );
  }, []);
  return has;
}

function NoPin({ problem }: { problem: string }) {
  return (
    <>
      <p>{t("pin.none")}</p>
      <p class="error" role="alert">
        {problem}
      </p>
      <Button kind="copper" class="wide" onClick={() => open({ kind: "set-pin" })}>
        {t("pin.set")}
      </Button>
    </>
  );
}

async function byPasskey(payment: Id): Promise<{ passkey: Record<string, unknown> } | null> {
  const { options } = await api.stepUpOptions(payment);
  const credential = await usePasskey(options);
  return credential ? { passkey: credential } : null;
}
