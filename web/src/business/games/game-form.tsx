import { useState } from "preact/hooks";
import { uuid7 } from "../../lib/ids.ts";
import { words } from "../../lib/store.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { useTask } from "../../ui/task.ts";
import type { Calls, Game } from "./calls.ts";
import { t } from "./words.ts";

const isUrl = (text: string): boolean => /^https?:\/\/[^\s]+$/.test(text);

/** A game's name and addresses: to make it, or to change it. */
export function GameForm({ calls, game, onSaved }: { calls: Calls; game: Game | null; onSaved: (game: Game) => void }) {
  const [id] = useState(() => game?.id ?? uuid7());
  const [name, setName] = useState(game?.name ?? "");
  const [catalogue, setCatalogue] = useState(game?.catalogue_url ?? "");
  const [callback, setCallback] = useState(game?.callback_url ?? "");
  const [back, setBack] = useState(game?.return_url ?? "");
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const optional = (text: string) => (tried && text && !isUrl(text) ? t("games.needs_url") : undefined);
  const save = (event: Event) => {
    event.preventDefault();
    setTried(true);
    setProblem("");
    if (!name.trim() || !isUrl(catalogue) || [callback, back].some((one) => one && !isUrl(one))) return;
    const body = {
      name: name.trim(),
      catalogue_url: catalogue,
      callback_url: callback || null,
      return_url: back || null,
    };
    void task.run(async () => onSaved(await calls.set(id, body)));
  };
  return (
    <form class="form padded" onSubmit={save} noValidate>
      <Field
        label={t("games.name")}
        error={tried && !name.trim() ? t("games.needs_name") : undefined}
        value={name}
        onValue={setName}
        maxLength={60}
        autocomplete="off"
      />
      <Field
        label={t("games.catalogue_url")}
        hint={t("games.catalogue_hint")}
        error={tried && !isUrl(catalogue) ? t("games.needs_url") : undefined}
        value={catalogue}
        onValue={setCatalogue}
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
      />
      <Field
        label={t("games.callback_url")}
        hint={t("games.callback_hint")}
        error={optional(callback)}
        value={callback}
        onValue={setCallback}
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
      />
      <Field
        label={t("games.return_url")}
        hint={t("games.return_hint")}
        error={optional(back)}
        value={back}
        onValue={setBack}
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
      />
      <p class="error" role="alert">
        {problem}
      </p>
      <Button type="submit" kind="copper" busy={task.busy}>
        {t(game ? "games.save" : "games.make")}
      </Button>
    </form>
  );
}
