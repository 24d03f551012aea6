import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Id, Payment } from "../lib/api/types.ts";
import { now } from "../lib/clock.ts";
import { withPayments } from "../lib/feed/apply.ts";
import { t } from "../lib/i18n/index.ts";
import { other, paid } from "../lib/payment.ts";
import { says } from "../lib/says.ts";
import { change, state, words } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Later } from "../shell/later.tsx";
import { open } from "../shell/sheets.tsx";
import { Amount } from "../ui/amount.tsx";
import { Avatar } from "../ui/avatar.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon, isIcon } from "../ui/icon.tsx";
import { useTask } from "../ui/task.ts";

const FILTERS = ["all", "sent", "received"] as const;
type Filter = (typeof FILTERS)[number];
const purchases = () => import("../games/history.tsx");

export function Activity() {
  const [filter, setFilter] = useState<Filter | "purchases">("all");
  return (
    <div class="screen">
      <header class="bar">
        <h1>{t("activity.title")}</h1>
        <IconButton name="download" label={t("statement.open")} onClick={() => open({ kind: "statement" })} />
      </header>
      <div class="scroll" tabIndex={0}>
        <div class="filters" role="group" aria-label={t("activity.filter")}>
          {([...FILTERS, "purchases"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={one === filter} onClick={() => setFilter(one)}>
              {t(`activity.${one}`)}
            </button>
          ))}
        </div>
        {filter === "purchases" ? <Later load={purchases} given={{}} /> : <Rows key={filter} filter={filter} />}
      </div>
    </div>
  );
}

/** A page of ids at a time; what a row shows is read from the store, so that it stays live. */
function Rows({ filter }: { filter: Filter }) {
  const [ids, setIds] = useState<readonly Id[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const load = () =>
    void task.run(async () => {
      setProblem("");
      const page = await api.payments(filter, cursor ?? undefined);
      change((known) => withPayments(known, page.data));
      setIds((before) => [...new Set([...(before ?? []), ...page.data.map(({ id }) => id)])]);
      setCursor(page.has_more ? page.next_cursor : null);
    });
  useEffect(load, []);

  if (problem) return <Trouble problem={problem} again={load} />;
  if (ids === null)
    return (
      <p class="loading" role="status">
        {t("app.loading")}
      </p>
    );
  if (ids.length === 0) return <p class="empty">{t(`activity.empty_${filter}`)}</p>;
  return (
    <>
      <ul class="list">
        {ids.map((id) => (
          <li key={id}>
            <Row payment={state.value!.payments[id]!} />
          </li>
        ))}
      </ul>
      {cursor && (
        <div class="older">
          <Button kind="quiet" busy={task.busy} onClick={load}>
            {t("app.load_older")}
          </Button>
        </div>
      )}
    </>
  );
}

function Trouble({ problem, again }: { problem: string; again: () => void }) {
  return (
    <div class="empty">
      <p role="alert">{problem}</p>
      <Button onClick={again}>{t("app.try_again")}</Button>
    </div>
  );
}

function Row({ payment }: { payment: Payment }) {
  const said = says(payment);
  return (
    <a class="line" href={`/receipt/${payment.id}`}>
      <Avatar person={other(payment)} size={44} />
      <span class="line-text">
        <b dir="auto">{other(payment).name}</b>
        <small>
          {said && (
            <span class={`word ${said.tone}`}>
              {isIcon(said.icon) && <Icon name={said.icon} size={14} />}
              {said.word}
            </span>
          )}
          {payment.note && <bdi>{payment.note}</bdi>}
        </small>
      </span>
      <span class="line-end">
        <Signed payment={payment} />
        <time dateTime={payment.created_at}>{when.brief(payment.created_at, now.value)}</time>
      </span>
    </a>
  );
}

/** Only money that moved for good has a sign; what is under way, or came to nothing, has none. */
function Signed({ payment }: { payment: Payment }) {
  const amount = <Amount minor={payment.amount_minor} currency={payment.currency} class="figure" />;
  if (!paid(payment)) return <span class="signed not">{amount}</span>;
  const sent = payment.viewer === "payer";
  return (
    <span class={`signed ${sent ? "" : "in"}`}>
      <span aria-hidden="true">{sent ? "−" : "+"}</span>
      <span class="heard">{t(sent ? "activity.sent" : "activity.received")}</span>
      {amount}
    </span>
  );
}
