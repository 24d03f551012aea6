import { useState } from "preact/hooks";
import type { Id } from "../../lib/api/types.ts";
import { go } from "../../lib/route.ts";
import * as when from "../../lib/when.ts";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Question } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import { toast } from "../../ui/toast.tsx";
import { addressOf } from "../registry.ts";
import { Select } from "../select.tsx";
import { Waiting } from "../waiting.tsx";
import { Copyable, Curl, JustMade } from "./copy.tsx";
import type { Attempts, Calls, Delivery, Endpoint } from "./calls.ts";
import type { PageProps } from "./developers.tsx";
import { useRead } from "../read.ts";
import { Listed, usePages } from "../reading.tsx";
import { ending, State } from "./state.tsx";
import { t } from "./words.ts";

const DAY_MS = 86_400_000;
const FILTERS = ["", "pending", "delivered", "dead"] as const;

/** One endpoint: how it fares, what was sent there and how each attempt went; try it, rotate its secret, replay. */
export function EndpointPage({ business, calls, endpointId }: PageProps & { endpointId: Id }) {
  const read = useRead(() => calls.endpoint(endpointId));
  const [secret, setSecret] = useState("");
  const [removing, setRemoving] = useState(false);
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>("");
  const task = useTask();
  const reading = usePages<Delivery>(
    (cursor) => calls.deliveries(endpointId, filter || undefined, cursor),
    [endpointId, filter],
  );
  const list = addressOf(business, "developers", "webhooks");
  const endpoint = read.told;
  if (!endpoint) return <Waiting read={read} />;
  const look = () => {
    read.again();
    reading.again();
  };
  const act = (work: () => Promise<unknown>) => () =>
    void task.run(async () => {
      await work();
      look();
    });
  const replay = async (what: Parameters<Calls["replay"]>[1]) =>
    toast(t("dev.replayed", { n: (await calls.replay(endpointId, what)).replayed }));
  const yesterday = () => ({ since: new Date(Date.now() - DAY_MS).toISOString(), only_undelivered: true });
  return (
    <>
      <section class="padded">
        <a class="link back" href={list}>
          <Icon name="chevron-left" size={16} /> {t("dev.webhooks")}
        </a>
        <h2 class="code">{endpoint.url}</h2>
        <p class="row">
          <State state={endpoint.state} /> <Fares endpoint={endpoint} />
        </p>
        <div class="row">
          <Button onClick={act(() => calls.ping(endpointId))}>{t("dev.ping")}</Button>
          <Button onClick={act(() => calls.pauseEndpoint(endpointId, endpoint.state === "enabled"))}>
            {t(endpoint.state === "enabled" ? "dev.pause" : "dev.enable")}
          </Button>
          <Button onClick={act(async () => setSecret((await calls.rotate(endpointId)).secret ?? ""))}>
            {t("dev.rotate")}
          </Button>
          <Button onClick={act(() => replay(yesterday()))}>{t("dev.replay_day")}</Button>
          <Button onClick={() => setRemoving(true)}>{t("dev.remove")}</Button>
        </div>
      </section>
      {(secret || endpoint.public_keys.length > 0) && (
        <JustMade key={secret} title={t("dev.secret")}>
          <p>{t(endpoint.scheme === "v1" ? "dev.rotated" : "dev.public_key")}</p>
          <Copyable text={endpoint.scheme === "v1" ? secret : endpoint.public_keys[0]!} label={t("dev.secret")} />
        </JustMade>
      )}
      <section>
        <h2>{t("dev.deliveries")}</h2>
        <div class="padded row filter">
          <Select
            label={t("dev.which")}
            value={filter}
            options={FILTERS.map((one) => [one, one ? t(`dev.state_${one}`) : t("dev.all")])}
            onValue={setFilter}
          />
          <Button icon="rotate-cw" busy={reading.busy} onClick={look}>
            {t("dev.refresh")}
          </Button>
        </div>
        <Listed reading={reading} empty={t("dev.no_deliveries")}>
          {(rows) =>
            rows.map((one) => (
              <One
                key={one.event_id}
                delivery={one}
                read={() => calls.attempts(endpointId, one.event_id)}
                replay={act(() => replay({ event_ids: [one.event_id] }))}
              />
            ))
          }
        </Listed>
      </section>
      <div class="padded">
        <Curl method="POST" path={`/webhook-endpoints/${endpointId}/replay`} body={yesterday()} />
      </div>
      {removing && (
        <Question
          title={t("dev.remove_what")}
          yes={t("dev.remove")}
          danger
          onYes={() => void task.run(async () => (await calls.removeEndpoint(endpointId), go(list)))}
          onNo={() => setRemoving(false)}
        >
          {endpoint.url}
        </Question>
      )}
    </>
  );
}

function Fares({ endpoint }: { endpoint: Endpoint }) {
  const { why, failures, succeeded_at, rest_until } = endpoint;
  const parts = [
    why && t(`dev.why_${why}`),
    failures > 0 && t("dev.failures", { n: failures }),
    rest_until && Date.parse(rest_until) > Date.now() && t("dev.rests", { when: when.time(rest_until) }),
    succeeded_at ? t("dev.succeeded", { when: when.dayAndTime(succeeded_at) }) : t("dev.never_heard"),
  ];
  return <small>{parts.filter(Boolean).join(" · ")}</small>;
}

interface OneProps {
  delivery: Delivery;
  read: () => Promise<Attempts>;
  replay: () => void;
}

/** A delivery; opened, what was sent and each attempt. */
function One({ delivery, read, replay }: OneProps) {
  const [told, setTold] = useState<Attempts | null>(null);
  const { type, at, state, attempts, due_at } = delivery;
  const opened = (event: { currentTarget: HTMLDetailsElement }) => {
    if (event.currentTarget.open) void read().then(setTold, () => undefined);
  };
  return (
    <details class="account" onToggle={opened}>
      <summary>
        <span>
          <span class="code">{type}</span>
          <small>
            {[
              when.dayAndTime(at),
              t("dev.attempts", { n: attempts }),
              ending(delivery),
              due_at && t("dev.next_try", { when: when.dayAndTime(due_at) }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </small>
        </span>
        <State state={state} />
      </summary>
      {told && (
        <div class="stack">
          <div class="table-box" tabIndex={0}>
            <table class="table">
              <thead>
                <tr>
                  <th scope="col">{t("dev.when")}</th>
                  <th scope="col">{t("dev.ended_with")}</th>
                  <th scope="col">{t("dev.took")}</th>
                  <th scope="col">{t("dev.answer")}</th>
                </tr>
              </thead>
              <tbody>
                {told.data.map((one) => (
                  <tr key={one.n}>
                    <td>{when.precise(one.at)}</td>
                    <td>{ending(one)}</td>
                    <td class="figure">{t("dev.ms", { n: one.took_ms })}</td>
                    <td class="code">{one.answer}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <pre class="json" tabIndex={0} aria-label={t("dev.body")}>
            {JSON.stringify({ type: told.event.type, timestamp: told.event.timestamp, data: told.event.data }, null, 2)}
          </pre>
          <p class="row">
            <Button icon="rotate-cw" onClick={replay}>
              {t("dev.replay")}
            </Button>
          </p>
        </div>
      )}
    </details>
  );
}
