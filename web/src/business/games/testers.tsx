import { useState } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { words } from "../../lib/store.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { useTask } from "../../ui/task.ts";
import { Select } from "../select.tsx";
import { OUTCOMES, type Calls, type Game, type Outcome } from "./calls.ts";
import { useRead } from "../read.ts";
import { Waiting } from "../waiting.tsx";
import { t } from "./words.ts";

const options = () => OUTCOMES.map((one) => [one, t(`games.o_${one}`)] as const);

/** Whose purchases move no money, and how they end. */
export function Testers({ calls, game }: { calls: Calls; game: Game }) {
  const read = useRead(() => calls.testers(game.id));
  const [handle, setHandle] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const change = (work: () => ReturnType<Calls["testers"]>) =>
    void task.run(async () => {
      setProblem("");
      read.set(await work());
      setHandle("");
    });
  const set = (who: string, outcome: Outcome) => change(() => calls.setTester(game.id, who, outcome));
  const add = (event: Event) => {
    event.preventDefault();
    const who = handle.trim().replace(/^@/, "").toLowerCase();
    if (!who) return setProblem(app("sign.needs_handle"));
    set(who, "ok");
  };
  return (
    <section>
      <h2>{t("games.testers")}</h2>
      <p class="padded">{t("games.testers_why")}</p>
      {read.told ? (
        <ul class="list padded">
          {read.told.data.map((one) => (
            <li key={one.person_id} class="games-tester">
              <Select
                label={t("games.tester_outcome", { name: one.name })}
                value={one.outcome}
                options={options()}
                onValue={(outcome) => set(one.handle, outcome)}
              />
              <Button onClick={() => change(() => calls.removeTester(game.id, one.handle))}>
                {t("games.tester_remove", { name: one.name })}
              </Button>
            </li>
          ))}
        </ul>
      ) : (
        <Waiting read={read} />
      )}
      <form class="form padded" onSubmit={add} noValidate>
        <Field
          label={t("games.tester")}
          error={problem}
          value={handle}
          onValue={setHandle}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
        />
        <Button type="submit" busy={task.busy}>
          {t("games.tester_add")}
        </Button>
      </form>
    </section>
  );
}
