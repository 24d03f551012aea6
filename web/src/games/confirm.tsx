/** Prove that it is you, for this product at this price only. */
import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { region, t as app } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { hasPasskeys, usePasskey } from "../lib/passkey.ts";
import { me, words } from "../lib/store.ts";
import { Pin } from "../pay/pin.tsx";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { confirm, confirmOptions, type Offer } from "./calls.ts";
import { titleOf } from "./lines.tsx";
import { t } from "./words.ts";

interface Props {
  offer: Offer;
  onClose: () => void;
  onProven: () => void;
}

export function ConfirmPurchase({ offer, onClose, onProven }: Props) {
  const [pin, setPin] = useState("");
  const [problem, setProblem] = useState("");
  const [hasOne, setHasOne] = useState(false);
  useEffect(() => {
    if (hasPasskeys)
      api.passkeys().then(
        ({ passkeys }) => setHasOne(passkeys.length > 0),
        () => undefined,
      );
  }, []);
  const task = useTask((error) => {
    setPin("");
    setProblem(words(error));
  });
  const prove = (proof: () => Promise<Parameters<typeof confirm>[1] | null>) => {
    setProblem("");
    void task.run(async () => {
      const proven = await proof();
      if (!proven) return;
      await confirm(offer.id, proven);
      onProven();
    });
  };
  const amount = formatMoney(offer.total_minor, offer.currency, region.value);
  return (
    <Sheet title={app("pin.title")} onClose={onClose} size="card" closable={!task.busy}>
      <div class="confirm">
        <p class="confirm-what">{t("buy.pin", { title: titleOf(offer), game: offer.game.name, amount })}</p>
        {hasOne && (
          <Button
            kind="copper"
            icon="key-round"
            class="wide"
            busy={task.busy}
            onClick={() => prove(() => byPasskey(offer.id))}
          >
            {app("pin.passkey")}
          </Button>
        )}
        {me.value.has_pin ? (
          <Pin
            value={pin}
            onValue={setPin}
            busy={task.busy}
            onDone={(digits) => prove(() => Promise.resolve({ pin: digits }))}
            problem={problem}
            copper={!hasOne}
          />
        ) : (
          <>
            <p>{app("pin.none")}</p>
            <p class="error" role="alert">
              {problem}
            </p>
            <Button kind="copper" class="wide" onClick={() => open({ kind: "set-pin" })}>
              {app("pin.set")}
            </Button>
          </>
        )}
      </div>
    </Sheet>
  );
}

async function byPasskey(id: string): Promise<{ passkey: Record<string, unknown> } | null> {
  const { options } = await confirmOptions(id);
  const credential = await usePasskey(options);
  return credential ? { passkey: credential } : null;
}
