import { useEffect, useId, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { ReceivingWay } from "../lib/api/types.ts";
import { withBank, withCard } from "../lib/feed/apply.ts";
import { t } from "../lib/i18n/index.ts";
import { bankFace, face, interval } from "../lib/says.ts";
import { banks, cards, change, words } from "../lib/store.ts";
import { useTask } from "../ui/task.ts";

/** Where money arrives, and how long it takes on each. Nothing to choose, nothing shown: the screen must not jump. */
export function ReceivingChoice() {
  const able = cards.value.filter((card) => card.can_receive).length;
  return able + banks.value.filter((account) => account.state === "active").length > 1 ? <Ways /> : null;
}

function Ways() {
  const [ways, setWays] = useState<readonly ReceivingWay[] | null>(null);
  const [problem, setProblem] = useState("");
  const name = useId();
  const task = useTask();
  const pick = (way: ReceivingWay) =>
    void task.run(async () => {
      const before = ways;
      setWays(before!.map((one) => ({ ...one, default: one.id === way.id })));
      try {
        await choose(way);
      } catch (error) {
        setWays(before);
        throw error;
      }
    });
  const known = [...cards.value, ...banks.value].map((one) => `${one.id} ${one.state} ${one.receives}`).join();
  useEffect(() => {
    let here = true;
    api.receiving().then(
      ({ ways }) => here && (setWays(ways), setProblem("")),
      (error: unknown) => here && setProblem(words(error)),
    );
    return () => (here = false);
  }, [known]);
  if (problem) return <p class="error padded">{problem}</p>;
  if (ways === null) return <p class="muted padded">{t("app.loading")}</p>;
  return (
    <div class="padded">
      <fieldset class="funding-choice" aria-busy={task.busy}>
        <legend>{t("bank.receive_on")}</legend>
      {ways.map((way) => (
        <label key={way.id} class="funding">
          <input
            type="radio"
            name={name}
            checked={way.default}
            onChange={() => pick(way)}
          />
          <span class="grow">
            <bdi>{named(way)}</bdi>
            <small>{arrives(way)}</small>
          </span>
        </label>
      ))}
      </fieldset>
    </div>
  );
}

async function choose(way: ReceivingWay): Promise<void> {
  if (way.kind === "card") {
    const card = await api.changeCard(way.id, { receives: true });
    change((known) => withCard(known, card));
  } else {
    const account = await api.changeBank(way.id, true);
    change((known) => withBank(known, account));
  }
}

function named(way: ReceivingWay): string {
  const card = cards.value.find((one) => one.id === way.id);
  const account = banks.value.find((one) => one.id === way.id);
  return card ? face(card) : account ? bankFace(account) : "…";
}

const arrives = ({ arrival }: ReceivingWay): string =>
  arrival.fast
    ? t("bank.arrives_fast", { n: Number(arrival.reason_facts.minutes) })
    : t("bank.arrives", { days: interval(arrival) });
