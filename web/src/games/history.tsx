/** In Activity: what was bought in games. */
import { useEffect, useState } from "preact/hooks";
import { t as app } from "../lib/i18n/index.ts";
import { now } from "../lib/clock.ts";
import { words } from "../lib/store.ts";
import * as when from "../lib/when.ts";
import { Amount } from "../ui/amount.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useTask } from "../ui/task.ts";
import { purchases, type Bought } from "./calls.ts";
import { titleOf } from "./lines.tsx";
import { purchaseNews } from "./news.ts";
import { look } from "./says.ts";
import { t } from "./words.ts";
import "./games.css";

const PAID: ReadonlySet<Bought["state"]> = new Set(["completed", "part_refunded", "chargeback_reversed"]);

export default function History() {
  const [rows, setRows] = useState<readonly Bought[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const load = (after: string | null) =>
    void task.run(async () => {
      setProblem("");
      const page = await purchases(after ?? undefined);
      setRows((before) => [...(after ? (before ?? []) : []), ...page.data]);
      setCursor(page.next_cursor);
    });
  useEffect(() => load(null), [purchaseNews.value]);

  if (problem)
    return (
      <div class="empty">
        <p role="alert">{problem}</p>
        <Button onClick={() => load(null)}>{app("app.try_again")}</Button>
      </div>
    );
  if (rows === null)
    return (
      <p class="loading" role="status">
        {app("app.loading")}
      </p>
    );
  if (rows.length === 0) return <p class="empty">{t("buy.empty")}</p>;
  return (
    <>
      <ul class="list">
        {rows.map((one) => (
          <li key={one.id}>
            <Row purchase={one} />
          </li>
        ))}
      </ul>
      {cursor && (
        <div class="older">
          <Button kind="quiet" busy={task.busy} onClick={() => load(cursor)}>
            {app("app.load_older")}
          </Button>
        </div>
      )}
    </>
  );
}

function Row({ purchase }: { purchase: Bought }) {
  const said = look(purchase);
  const at = purchase.completed_at ?? purchase.quoted_at;
  return (
    <a class="line" href={`/buy/${purchase.id}`}>
      <span class="line-text">
        <b dir="auto">{purchase.game.name}</b>
        <small>
          {said && (
            <span class={`word ${said.tone}`}>
              <Icon name={said.icon} size={14} />
              {said.word}
            </span>
          )}
          <bdi>{titleOf(purchase)}</bdi>
        </small>
      </span>
      <span class="line-end">
        <span class={`signed ${PAID.has(purchase.state) ? "" : "not"}`}>
          <Amount minor={purchase.total_minor} currency={purchase.currency} class="figure" />
        </span>
        <time dateTime={at}>{when.brief(at, now.value)}</time>
      </span>
    </a>
  );
}
