import { useState } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { words } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Question } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import { Select } from "../select.tsx";
import { Copyable, Curl, JustMade } from "./copy.tsx";
import type { Key, KeyBody } from "./calls.ts";
import type { PageProps } from "./developers.tsx";
import { Listed, usePages } from "../reading.tsx";
import { t } from "./words.ts";

const OVERLAP_HOURS = 24;

/** The business's keys. A new one is shown until the page is left, and never again. */
export function KeysPage({ calls }: PageProps) {
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [made, setMade] = useState("");
  const [ending, setEnding] = useState<Key | null>(null);
  const task = useTask();
  const reading = usePages<Key>(async () => {
    const told = await calls.keys();
    setScopes(told.scopes);
    return { data: told.data, next_cursor: null };
  }, []);
  const show = (key: string) => {
    setMade(key);
    reading.again();
  };
  const roll = (key: Key) =>
    void task.run(async () => show((await calls.rollKey(key.id, uuid7(), OVERLAP_HOURS)).key));
  const end = (key: Key) =>
    void task.run(async () => {
      setEnding(null);
      await calls.endKey(key.id);
      reading.again();
    });
  return (
    <>
      {made && (
        <JustMade key={made} title={t("dev.key_made")}>
          <p>{t("dev.key_once")}</p>
          <Copyable text={made} label={t("dev.key")} />
        </JustMade>
      )}
      <section>
        <h2>{t("dev.keys")}</h2>
        <Listed reading={reading} empty={t("dev.no_keys")}>
          {(keys) => (
            <ul class="list">
              {keys.map((key) => (
                <li key={key.id} class="line">
                  <span class="line-text">
                    <b dir="auto">{key.name}</b>
                    <small class="code">{key.prefix}…</small>
                    <small>{key.scopes.join(", ")}</small>
                    <small>{standing(key)}</small>
                    <small>{t("dev.api_version", { version: key.api_version })}</small>
                  </span>
                  {!isOver(key) && (
                    <span class="line-actions">
                      <Button onClick={() => roll(key)} aria-label={t("dev.roll_what", { name: key.name })}>
                        {t("dev.roll")}
                      </Button>
                      <Button onClick={() => setEnding(key)} aria-label={t("dev.end_what", { name: key.name })}>
                        {t("dev.end")}
                      </Button>
                    </span>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </section>
      <Make scopes={scopes} make={async (body) => show((await calls.makeKey(uuid7(), body)).key)} />
      <div class="padded">
        <Curl path="/events" />
      </div>
      {ending && (
        <Question
          title={t("dev.end_what", { name: ending.name })}
          yes={t("dev.end")}
          danger
          onYes={() => end(ending)}
          onNo={() => setEnding(null)}
        >
          {t("dev.end_why")}
        </Question>
      )}
    </>
  );
}

const isOver = ({ revoked_at, expires_at }: Key): boolean =>
  [revoked_at, expires_at].some((end) => end && Date.parse(end) <= Date.now());

function standing(key: Key): string {
  const used = key.last_used_at ? t("dev.used", { when: when.dayAndTime(key.last_used_at) }) : t("dev.never_used");
  const parts = [t("dev.made_by", { handle: key.handle, when: when.day(key.created_at) }), used];
  if (key.revoked_at) parts.push(t(isOver(key) ? "dev.ended" : "dev.ends", { when: when.dayAndTime(key.revoked_at) }));
  else if (key.expires_at) parts.push(t("dev.ends", { when: when.dayAndTime(key.expires_at) }));
  return parts.join(" · ");
}

const LIVES = ["30", "90", "365", ""] as const;

function Make({ scopes, make }: { scopes: readonly string[]; make: (body: KeyBody) => Promise<void> }) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [days, setDays] = useState<(typeof LIVES)[number]>("365");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const submit = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return setProblem(t("dev.needs_name"));
    if (!chosen.length) return setProblem(t("dev.needs_scope"));
    setProblem("");
    void task.run(async () => {
      await make({ name, scopes: [...chosen] as KeyBody["scopes"], days: days ? Number(days) : null });
      setName("");
      setChosen([]);
    });
  };
  return (
    <section>
      <h2>{t("dev.new_key")}</h2>
      <form class="form padded" onSubmit={submit} noValidate>
        <Field label={t("dev.key_name")} hint={t("dev.key_name_hint")} value={name} onValue={setName} maxLength={50} />
        <fieldset class="scopes">
          <legend>{t("dev.scopes")}</legend>
          {scopes.map((scope) => (
            <label key={scope} class="code">
              <input
                type="checkbox"
                checked={chosen.includes(scope)}
                onChange={() =>
                  setChosen(chosen.includes(scope) ? chosen.filter((one) => one !== scope) : [...chosen, scope])
                }
              />
              {scope}
            </label>
          ))}
        </fieldset>
        <Select
          label={t("dev.lives")}
          value={days}
          options={LIVES.map((one) => [one, one ? t("dev.days", { n: Number(one) }) : t("dev.until_ended")])}
          onValue={setDays}
        />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" busy={task.busy}>
          {task.busy ? app("app.saving") : t("dev.make_key")}
        </Button>
      </form>
    </section>
  );
}
