import { useEffect, useState } from "preact/hooks";
import { t as app, region } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { decimal, formatMoney, parseMoney } from "../../lib/money.ts";
import { words } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Chip } from "../../ui/chip.tsx";
import { Field } from "../../ui/field.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import type { Role } from "../calls.ts";
import type { Calls, Game, Sold } from "./calls.ts";
import { look } from "./look.ts";
import { t } from "./words.ts";

const DELIVERIES = { pending: "games.pending", fulfilled: "games.fulfilled", consumed: "games.consumed" } as const;

interface Props {
  calls: Calls;
  game: Game;
  role: Role;
}

/** Who bought what, the latest first, and what may be done about it. */
export function Sales({ calls, game, role }: Props) {
  const [rows, setRows] = useState<readonly Sold[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const [refunding, setRefunding] = useState<Sold | null>(null);
  const task = useTask((error) => setProblem(words(error)));
  const load = (after?: string) =>
    void task.run(async () => {
      setProblem("");
      const page = await calls.sales(game.id, after);
      setRows((before) => [...(after ? (before ?? []) : []), ...page.data]);
      setCursor(page.next_cursor);
    });
  useEffect(() => load(), []);
  const learn = (sold: Sold) => setRows((known) => known!.map((one) => (one.id === sold.id ? sold : one)));
  if (rows === null)
    return problem ? (
      <div class="empty">
        <p role="alert">{problem}</p>
        <Button onClick={() => load()}>{app("app.try_again")}</Button>
      </div>
    ) : (
      <p class="loading" role="status">
        {app("app.loading")}
      </p>
    );
  if (rows.length === 0) return <p class="empty">{t("games.no_sales")}</p>;
  return (
    <>
      <div class="table-box" tabIndex={0}>
        <table class="table stacked">
          <caption class="heard">{t("games.at_sales")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("games.when")}</th>
              <th scope="col">{t("games.what")}</th>
              <th scope="col">{t("games.state")}</th>
              <th scope="col" class="figure">
                {t("games.amount")}
              </th>
              <th scope="col" class="figure">
                {t("games.share")}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((sold) => (
              <Row
                key={sold.id}
                sold={sold}
                onRefund={role === "analyst" ? null : () => setRefunding(sold)}
                onFulfil={
                  role === "analyst" ? null : () => void task.run(async () => learn(await calls.fulfil(game.id, sold.id)))
                }
              />
            ))}
          </tbody>
        </table>
      </div>
      <p class="error padded" role="alert">
        {problem}
      </p>
      {cursor && (
        <div class="older">
          <Button kind="quiet" busy={task.busy} onClick={() => load(cursor)}>
            {t("games.more")}
          </Button>
        </div>
      )}
      {refunding && (
        <Refund calls={calls} game={game} sold={refunding} onClose={() => setRefunding(null)} onDone={learn} />
      )}
    </>
  );
}

interface RowProps {
  sold: Sold;
  onRefund: (() => void) | null;
  onFulfil: (() => void) | null;
}

function Row({ sold, onRefund, onFulfil }: RowProps) {
  const waits = sold.delivery === "pending" && sold.refundable_minor > 0;
  return (
    <tr>
      <td>
        <time dateTime={sold.quoted_at}>{when.dayAndTime(sold.completed_at ?? sold.quoted_at)}</time>
      </td>
      <th scope="row">
        <bdi>{sold.quantity > 1 ? `${sold.quantity} × ${sold.title}` : sold.title}</bdi>
        {sold.request_id && <small>{t("games.request", { id: sold.request_id })}</small>}
      </th>
      <td>
        <Chip said={look(sold)} />
        {sold.test && <small>{t("games.test")}</small>}
        {sold.completed_at && <small>{t(DELIVERIES[sold.delivery])}</small>}
      </td>
      <td class="figure" data-label={t("games.amount")}>
        <Amount minor={sold.total_minor} currency={sold.currency} class="figure" />
        {sold.refunded_minor > 0 && (
          <small>
            −<Amount minor={sold.refunded_minor} currency={sold.currency} class="figure" />
          </small>
        )}
      </td>
      <td class="figure" data-label={t("games.share")}>
        <Amount minor={sold.owed_minor} currency={sold.owed_currency} class="figure" />
      </td>
      <td>
        <div class="games-actions">
          {onFulfil && waits && <Button onClick={onFulfil}>{t("games.fulfil")}</Button>}
          {onRefund && sold.refundable_minor > 0 && (
            <Button onClick={onRefund} aria-label={t("games.refund_what", { title: sold.title })}>
              {t("games.refund")}
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
}

interface RefundProps {
  calls: Calls;
  game: Game;
  sold: Sold;
  onClose: () => void;
  onDone: (sold: Sold) => void;
}

function Refund({ calls, game, sold, onClose, onDone }: RefundProps) {
  const most = formatMoney(sold.refundable_minor, sold.currency, region.value);
  const [amount, setAmount] = useState<string>(decimal(sold.refundable_minor, sold.currency));
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState("");
  const [id] = useState(uuid7); // One sheet, one intention.
  const task = useTask((error) => setProblem(words(error)));
  const minor = parseMoney(amount, sold.currency);
  const wrong = minor === null || minor <= 0 || minor > sold.refundable_minor;
  const send = (event: Event) => {
    event.preventDefault();
    setTried(true);
    setProblem("");
    if (wrong || !reason.trim()) return;
    void task.run(async () => {
      onDone(await calls.refund(game.id, sold.id, id, minor, reason.trim()));
      onClose();
    });
  };
  return (
    <Sheet title={t("games.refund_what", { title: sold.title })} onClose={onClose} size="card" closable={!task.busy}>
      <form class="form padded" onSubmit={send} noValidate>
        <Field
          label={t("games.refund_amount")}
          hint={t("games.refund_hint", { amount: most })}
          error={tried && wrong ? t("games.refund_wrong", { amount: most }) : undefined}
          value={amount}
          onValue={setAmount}
          inputMode="decimal"
          autocomplete="off"
        />
        <Field
          label={t("games.refund_reason")}
          error={tried && !reason.trim() ? t("games.needs_reason") : undefined}
          value={reason}
          onValue={setReason}
          maxLength={140}
          autocomplete="off"
        />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" class="wide" busy={task.busy}>
          {t("games.refund")}
        </Button>
      </form>
    </Sheet>
  );
}
