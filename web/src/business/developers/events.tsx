import { useEffect, useState } from "preact/hooks";
import * as when from "../../lib/when.ts";
import { Button } from "../../ui/button.tsx";
import { useTask } from "../../ui/task.ts";
import { Select } from "../select.tsx";
import { told } from "../store.ts";
import { Curl } from "./copy.tsx";
import type { Event, EventType } from "./calls.ts";
import type { PageProps } from "./developers.tsx";
import { Listed, usePages } from "../reading.tsx";
import { t } from "./words.ts";

/** Everything that happened, as endpoints are told; in a sandbox one may be made up. */
export function EventsPage({ calls }: PageProps) {
  const [types, setTypes] = useState<readonly EventType[]>([]);
  const [type, setType] = useState("");
  const task = useTask();
  const reading = usePages<Event>((cursor) => calls.events(type || undefined, cursor), [type]);
  useEffect(() => void calls.eventTypes().then(({ data }) => setTypes(data), () => undefined), []);
  const trigger = () =>
    void task.run(async () => {
      await calls.trigger(type);
      reading.again();
    });
  return (
    <>
      <section class="padded row filter">
        <Select
          label={t("dev.type")}
          value={type}
          options={[["", t("dev.every_type")], ...types.map((one): [string, string] => [one.type, one.type])]}
          onValue={setType}
        />
        <Button icon="rotate-cw" busy={reading.busy} onClick={reading.again}>
          {t("dev.refresh")}
        </Button>
        {told.value!.mode === "test" && type && (
          <Button busy={task.busy} onClick={trigger}>
            {t("dev.trigger")}
          </Button>
        )}
      </section>
      <Listed reading={reading} empty={t("dev.no_events")}>
        {(events) =>
          events.map((one) => (
            <details key={one.id} class="account">
              <summary>
                <span>
                  <span class="code">{one.type}</span>
                  <small>{when.dayAndTime(one.timestamp)}</small>
                </span>
                <small class="number">{t("dev.seq", { n: one.seq })}</small>
              </summary>
              <pre class="json" tabIndex={0} aria-label={t("dev.body")}>
                {JSON.stringify(one, null, 2)}
              </pre>
            </details>
          ))
        }
      </Listed>
      <div class="padded">
        <Curl path={`/events${type && `?type=${type}`}`} />
      </div>
    </>
  );
}
