import { useEffect, useState } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { words } from "../../lib/store.ts";
import * as when from "../../lib/when.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useTask } from "../../ui/task.ts";
import { Chart } from "../chart.tsx";
import { addressOf } from "../registry.ts";
import { Select } from "../select.tsx";
import { Copyable, Curl, JustMade } from "./copy.tsx";
import type { Endpoint, EndpointBody, EventType, Hour, Made } from "./calls.ts";
import type { PageProps } from "./developers.tsx";
import { Listed, usePages } from "../reading.tsx";
import { State } from "./state.tsx";
import { t } from "./words.ts";

/** Where programs hear, how it went of late, and a form for another endpoint. */
export function WebhooksPage({ business, calls }: PageProps) {
  const [made, setMade] = useState<Made | null>(null);
  const [hours, setHours] = useState<readonly Hour[]>([]);
  const [types, setTypes] = useState<readonly EventType[]>([]);
  const reading = usePages<Endpoint>(async () => {
    const [listed, tally, known] = await Promise.all([calls.endpoints(), calls.tally(), calls.eventTypes()]);
    setHours(tally.data);
    setTypes(known.data);
    return { data: listed.data, next_cursor: null };
  }, []);
  const make = async (body: EndpointBody) => {
    setMade(await calls.makeEndpoint(uuid7(), body));
    reading.again();
  };
  return (
    <>
      {made?.secret && (
        <JustMade key={made.secret} title={t("dev.endpoint_made")}>
          <p>{t(made.endpoint.scheme === "v1" ? "dev.secret_once" : "dev.public_key")}</p>
          <Copyable text={made.secret} label={t("dev.secret")} />
        </JustMade>
      )}
      {hours.length > 0 && (
        <section class="padded">
          <Chart
            title={t("dev.attempts_by_hour")}
            kind="bars"
            labels={hours.map(({ hour }) => when.dayAndTime(hour))}
            short={hours.map(({ hour }) => when.time(hour))}
            series={[
              { name: t("dev.heard"), values: hours.map(({ delivered }) => delivered) },
              { name: t("dev.failed"), values: hours.map(({ failed }) => failed) },
            ]}
            format={String}
          />
        </section>
      )}
      <section>
        <h2>{t("dev.webhooks")}</h2>
        <Listed reading={reading} empty={t("dev.no_endpoints")}>
          {(endpoints) => (
            <ul class="list">
              {endpoints.map((one) => (
                <li key={one.id}>
                  <a class="line" href={addressOf(business, "developers", "webhooks", one.id)}>
                    <span class="line-text">
                      <b class="code">{one.url}</b>
                      <small>{one.types.join(", ") || t("dev.every_type")}</small>
                    </span>
                    <State state={one.state} />
                    <Icon name="chevron-right" />
                  </a>
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </section>
      <Make types={types} make={make} />
      <div class="padded">
        <Curl path="/webhook-endpoints" />
        <p class="muted">{t("dev.listen")}</p>
        <Copyable text="tuppence listen --forward-to http://localhost:3000/hooks" label={t("dev.command")} />
      </div>
    </>
  );
}

function Make({ types, make }: { types: readonly EventType[]; make: (body: EndpointBody) => Promise<void> }) {
  const [url, setUrl] = useState("");
  const [scheme, setScheme] = useState<"v1" | "v1a">("v1");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  useEffect(() => setProblem(""), [url]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!url.trim()) return setProblem(t("dev.needs_url"));
    void task.run(async () => {
      await make({ url: url.trim(), description: "", types: [...chosen], scheme });
      setUrl("");
      setChosen([]);
    });
  };
  return (
    <section>
      <h2>{t("dev.new_endpoint")}</h2>
      <form class="form padded" onSubmit={submit} noValidate>
        <Field
          label={t("dev.url")}
          error={problem}
          value={url}
          onValue={setUrl}
          placeholder="https://"
          autocapitalize="none"
          spellcheck={false}
        />
        <details>
          <summary>{chosen.length ? t("dev.types_chosen", { n: chosen.length }) : t("dev.every_type")}</summary>
          <fieldset class="scopes">
            <legend class="heard">{t("dev.types")}</legend>
            {types.map(({ type, about }) => (
              <label key={type}>
                <input
                  type="checkbox"
                  checked={chosen.includes(type)}
                  onChange={() =>
                    setChosen(chosen.includes(type) ? chosen.filter((one) => one !== type) : [...chosen, type])
                  }
                />
                <span>
                  <span class="code">{type}</span>
                  <small lang="en"> {about}</small>
                </span>
              </label>
            ))}
          </fieldset>
        </details>
        <Select
          label={t("dev.scheme")}
          value={scheme}
          options={[
            ["v1", t("dev.scheme_v1")],
            ["v1a", t("dev.scheme_v1a")],
          ]}
          onValue={setScheme}
        />
        <Button type="submit" kind="copper" busy={task.busy}>
          {task.busy ? app("app.saving") : t("dev.make_endpoint")}
        </Button>
      </form>
    </section>
  );
}
