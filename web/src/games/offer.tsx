/** Before the tap: the price and how long it holds, the card, and for testers how it is to end. */
import { useState } from "preact/hooks";
import { Problem } from "../lib/api/problem.ts";
import type { Id } from "../lib/api/types.ts";
import { region } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { cards, words } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { FundingRow } from "../pay/funding.tsx";
import { payCards } from "../pay/rules.ts";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { useTask } from "../ui/task.ts";
import { buy, cancel, OUTCOMES, purchase as read, type Offer, type Outcome } from "./calls.ts";
import { ConfirmPurchase } from "./confirm.tsx";
import { Heading, PriceLines } from "./lines.tsx";
import { t } from "./words.ts";

const SMALL_MINOR = 100;

export function OfferPaper({ offer, onChange }: { offer: Offer; onChange: (offer: Offer) => void }) {
  const [chosen, setChosen] = useState<Id | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(offer.tester);
  const [confirming, setConfirming] = useState(false);
  const [problem, setProblem] = useState("");
  const usable = payCards(cards.value);
  const card = usable.find(({ id }) => id === chosen) ?? usable[0];
  const isTester = offer.tester !== null;
  const task = useTask((error) => {
    setProblem(words(error));
    if (error instanceof Problem && [409, 410].includes(error.status)) void read(offer.id).then(onChange);
  });
  const pay = () =>
    void task.run(async () => {
      setProblem("");
      onChange(await buy(offer.id, { card_id: isTester ? null : card!.id, outcome: isTester ? outcome : null }));
    });
  const tap = () => {
    if (!isTester && !card) return open({ kind: "add-card" });
    if (offer.confirm) return setConfirming(true);
    pay();
  };
  const amount = formatMoney(offer.total_minor, offer.currency, region.value);
  if (!offer.can.includes("buy")) return <Over offer={offer} />;
  return (
    <article class="receipt buy">
      <Heading purchase={offer} />
      <PriceLines purchase={offer} />
      {!isTester && offer.total_minor < SMALL_MINOR && <p class="hint">{t("buy.small")}</p>}
      {isTester ? (
        <ForTesters outcome={outcome ?? "ok"} onOutcome={setOutcome} />
      ) : (
        <FundingRow cards={usable} card={card} onChoose={setChosen} choosing={false} />
      )}
      <p class="hint">{t("buy.until", { time: when.time(offer.expires_at) })}</p>
      <p class="error" role="alert">
        {problem}
      </p>
      <Button kind="copper" class="big wide" busy={task.busy} onClick={tap}>
        {task.busy ? t("buy.busy") : isTester || card ? t("buy.do", { amount }) : t("buy.add_card")}
      </Button>
      <Button kind="quiet" class="wide" onClick={() => void task.run(async () => onChange(await cancel(offer.id)))}>
        {t("buy.not_now")}
      </Button>
      {confirming && (
        <ConfirmPurchase
          offer={offer}
          onClose={() => setConfirming(false)}
          onProven={() => {
            setConfirming(false);
            pay();
          }}
        />
      )}
    </article>
  );
}

/** The price is held no longer, and the server is about to say so. */
function Over({ offer }: { offer: Offer }) {
  return (
    <article class="receipt buy">
      <Heading purchase={offer} />
      <p>{t("buy.s_expired")}</p>
    </article>
  );
}

function ForTesters({ outcome, onOutcome }: { outcome: Outcome; onOutcome: (outcome: Outcome) => void }) {
  return (
    <div class="buy-tester">
      <p>{t("buy.tester")}</p>
      <label class="field">
        <span>{t("buy.outcome")}</span>
        <select value={outcome} onChange={(event) => onOutcome(event.currentTarget.value as Outcome)}>
          {OUTCOMES.map((one) => (
            <option key={one} value={one}>
              {t(`buy.outcome_${one}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
