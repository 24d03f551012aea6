import { useState } from "preact/hooks";
import { region } from "../../lib/i18n/index.ts";
import { formatMoney } from "../../lib/money.ts";
import { words } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/task.ts";
import type { Role } from "../calls.ts";
import { Select } from "../select.tsx";
import { ANSWERS, type Answer, type Calls, type Game, type Sold } from "./calls.ts";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import { t } from "./words.ts";

interface Props {
  calls: Calls;
  game: Game;
  role: Role;
}

/** What buyers say is wrong; those first that wait for an answer. */
export function Disputes({ calls, game, role }: Props) {
  const read = useRead(() => calls.disputes(game.id));
  if (!read.told) return <Waiting read={read} />;
  const rows = read.told.data;
  if (rows.length === 0) return <p class="empty">{t("games.no_disputes")}</p>;
  const learn = (sold: Sold) =>
    read.set({ ...read.told!, data: rows.map((one) => (one.id === sold.id ? sold : one)) });
  return (
    <ul class="list padded games-disputes">
      {rows.map((sold) => (
        <li key={sold.id} class="tile">
          <b dir="auto">{sold.title}</b>
          <Amount minor={sold.total_minor} currency={sold.currency} class="figure" />
          <Said sold={sold} />
          {sold.dispute?.outcome === "pending" && role !== "analyst" && (
            <Reply calls={calls} game={game} sold={sold} onDone={learn} />
          )}
        </li>
      ))}
    </ul>
  );
}

type Ended = "granted_replacement_item" | "denied_refund" | "banned_user" | "refunded_by_operator" | "withdrawn";

function Said({ sold: { dispute } }: { sold: Sold }) {
  if (!dispute) return null;
  const { outcome } = dispute;
  return (
    <>
      <p>
        {t(`games.r_${dispute.reason}`)}
        {dispute.words && (
          <>
            {": "}
            <q dir="auto">{dispute.words}</q>
          </>
        )}
      </p>
      <p class="muted">
        {outcome === "pending"
          ? t("games.due", { time: when.dayAndTime(dispute.due_at) })
          : outcome === "refunded_in_cash"
            ? t("games.e_refunded_in_cash")
            : t(`games.a_${outcome as Ended}`)}
      </p>
    </>
  );
}

function Reply({ calls, game, sold, onDone }: Omit<Props, "role"> & { sold: Sold; onDone: (sold: Sold) => void }) {
  const [outcome, setOutcome] = useState<Answer>("refunded_in_cash");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const amount = formatMoney(sold.refundable_minor, sold.currency, region.value);
  const send = (event: Event) => {
    event.preventDefault();
    setProblem("");
    void task.run(async () => onDone(await calls.answer(game.id, sold.id, outcome)));
  };
  return (
    <form class="form" onSubmit={send}>
      <Select
        label={t("games.answer")}
        value={outcome}
        options={ANSWERS.map((one) => [one, t(`games.a_${one}`, { amount })])}
        onValue={setOutcome}
      />
      <p class="error" role="alert">
        {problem}
      </p>
      <Button type="submit" busy={task.busy}>
        {t("games.answer_do")}
      </Button>
    </form>
  );
}
