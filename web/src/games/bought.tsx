/** After the tap: what became of it, the way back to the game, and what to do when something is wrong. */
import { useState } from "preact/hooks";
import { region, t as app } from "../lib/i18n/index.ts";
import { formatMoney } from "../lib/money.ts";
import { words } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Button } from "../ui/button.tsx";
import { Chip } from "../ui/chip.tsx";
import { useTask } from "../ui/task.ts";
import { dispute, REASONS, type Offer, type Reason } from "./calls.ts";
import { Heading, PriceLines } from "./lines.tsx";
import { look, sentence, UNDER_WAY } from "./says.ts";
import { t } from "./words.ts";

const WORDS_LENGTH_MAX = 500;

interface Props {
  purchase: Offer;
  onChange: (purchase: Offer) => void;
}

export function BoughtPaper({ purchase, onChange }: Props) {
  const said = look(purchase);
  return (
    <article class="receipt buy">
      <Heading purchase={purchase} />
      <div role="status" aria-busy={UNDER_WAY.has(purchase.state)}>
        {said && <Chip said={said} />}
        <p class="sentence">{sentence(purchase)}</p>
      </div>
      <BackToGame purchase={purchase} />
      <PriceLines purchase={purchase} />
      <Facts purchase={purchase} />
      <Disputed purchase={purchase} onChange={onChange} />
    </article>
  );
}

/** The game hears the result from the buyer's browser, signed; it reads the purchase again all the same. */
function BackToGame({ purchase }: { purchase: Offer }) {
  if (!purchase.return_url || !purchase.signed_result) return null;
  const url = new URL(purchase.return_url);
  url.searchParams.set("result", purchase.signed_result);
  return (
    <a class="button copper wide" href={url.href} rel="noreferrer">
      {t("buy.back", { game: purchase.game.name })}
    </a>
  );
}

function Facts({ purchase }: { purchase: Offer }) {
  const { completed_at, refunded_minor, currency, request_id, id } = purchase;
  return (
    <dl class="facts">
      {completed_at && <Fact name={t("buy.bought")} value={when.full(completed_at)} />}
      {refunded_minor > 0 && (
        <Fact name={t("buy.refunded")} value={formatMoney(refunded_minor, currency, region.value)} />
      )}
      {request_id && <Fact name={t("buy.request")} value={request_id} />}
      <Fact name={t("buy.id")} value={id} />
    </dl>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>
      <bdi>{value}</bdi>
    </dd>
  </div>
);

function Disputed({ purchase, onChange }: Props) {
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const game = purchase.game.name;
  const said = purchase.dispute;
  if (said) {
    const amount = formatMoney(purchase.refundable_minor, purchase.currency, region.value);
    const time = when.dayAndTime(said.due_at);
    const pending = said.outcome === "pending";
    return (
      <section class="buy-dispute">
        <h2>{t(`buy.reason_${said.reason}`)}</h2>
        {said.words && <p dir="auto">{said.words}</p>}
        <p class="sentence">
          {pending ? t("buy.dispute_due", { game, time, amount }) : t(`buy.ended_${said.outcome as Ended}`, { game })}
        </p>
        {!pending && !said.closed_at && <p>{t("buy.dispute_looked_at")}</p>}
      </section>
    );
  }
  if (purchase.can.includes("dispute_now"))
    return (
      <section class="buy-dispute">
        <Button
          kind="danger"
          class="wide"
          busy={task.busy}
          onClick={() => void task.run(async () => onChange(await dispute(purchase.id, "not_received", "")))}
        >
          {t("buy.dispute_now")}
        </Button>
        <p class="hint">{t("buy.dispute_72")}</p>
      </section>
    );
  if (!purchase.can.includes("dispute")) return null;
  if (asking) return <Asking purchase={purchase} onChange={onChange} onClose={() => setAsking(false)} />;
  return (
    <Button kind="quiet" class="wide" onClick={() => setAsking(true)}>
      {t("buy.dispute")}
    </Button>
  );
}

type Ended =
  | "refunded_in_cash"
  | "granted_replacement_item"
  | "denied_refund"
  | "banned_user"
  | "refunded_by_operator"
  | "withdrawn";

function Asking({ purchase, onChange, onClose }: Props & { onClose: () => void }) {
  const [reason, setReason] = useState<Reason>("not_received");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const send = (event: Event) => {
    event.preventDefault();
    void task.run(async () => onChange(await dispute(purchase.id, reason, text.trim())));
  };
  return (
    <form class="buy-dispute" onSubmit={send}>
      <fieldset>
        <legend>{t("buy.dispute_why")}</legend>
        {REASONS.map((one) => (
          <label key={one} class="buy-reason">
            <input type="radio" name="reason" checked={one === reason} onChange={() => setReason(one)} />
            {t(`buy.reason_${one}`)}
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{t("buy.dispute_words")}</span>
        <input value={text} maxLength={WORDS_LENGTH_MAX} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <p class="hint">{t("buy.dispute_72")}</p>
      <p class="error" role="alert">
        {problem}
      </p>
      <div class="row">
        <Button onClick={onClose}>{app("app.cancel")}</Button>
        <Button type="submit" kind="danger" busy={task.busy}>
          {t("buy.dispute_send")}
        </Button>
      </div>
    </form>
  );
}
