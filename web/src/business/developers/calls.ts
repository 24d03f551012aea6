/** What the developers' pages ask the server, for one business. */
import { call, query } from "../../lib/api/client.ts";
import type { Id } from "../../lib/api/types.ts";
import type { components } from "../../lib/api/schema.d.ts";
import type { Page } from "../reading.tsx";

type Schemas = components["schemas"];

export type Key = Schemas["BusinessKey"];
export type Keys = Schemas["BusinessKeys"];
export type KeyBody = Schemas["KeyBody"];
export type Endpoint = Schemas["WebhookEndpoint"];
export type Made = Schemas["MadeEndpoint"];
export type EndpointBody = Schemas["EndpointBody"];
export type Delivery = Schemas["Delivery"];
export type Attempts = Schemas["Attempts"];
export type Event = Schemas["Event"];
export type EventType = Schemas["EventType"];
export type Logged = Schemas["LoggedRequest"];
export type App = Schemas["App"];
export type AppBody = Schemas["AppBody"];
export type Hour = Schemas["TallyHour"];
export type Clock = Schemas["TestClock"];

const LIMIT = 30;

export function callsFor(business: Id) {
  const get = <T>(path: string) => call<T>("GET", `/v1${path}`, undefined, business);
  const post = <T>(path: string, body: unknown = undefined) => call<T>("POST", `/v1${path}`, body, business);
  const keys = `/businesses/${business}/keys`;
  const apps = `/businesses/${business}/apps`;
  const hooks = "/webhook-endpoints";
  return {
    keys: () => get<Keys>(keys),
    makeKey: (id: Id, body: KeyBody) => call<Schemas["MadeKey"]>("PUT", `/v1${keys}/${id}`, body, business),
    rollKey: (id: Id, new_id: Id, overlap_hours: number) =>
      post<Schemas["MadeKey"]>(`${keys}/${id}/roll`, { new_id, overlap_hours }),
    endKey: (id: Id) => call<void>("DELETE", `/v1${keys}/${id}`, undefined, business),

    apps: () => get<Schemas["Apps"]>(apps),
    setApp: (id: Id, body: AppBody) => call<App>("PUT", `/v1${apps}/${id}`, body, business),
    makeSecret: (id: Id) => post<Schemas["AppSecret"]>(`${apps}/${id}/secrets`),
    retireApp: (id: Id) => call<void>("DELETE", `/v1${apps}/${id}`, undefined, business),

    endpoints: () => get<{ data: Endpoint[] }>(hooks),
    endpoint: (id: Id) => get<Endpoint>(`${hooks}/${id}`),
    tally: () => get<{ data: Hour[] }>(`${hooks}/tally`),
    makeEndpoint: (id: Id, body: EndpointBody) => call<Made>("PUT", `/v1${hooks}/${id}`, body, business),
    pauseEndpoint: (id: Id, paused: boolean) => call<Endpoint>("PATCH", `/v1${hooks}/${id}`, { paused }, business),
    removeEndpoint: (id: Id) => call<void>("DELETE", `/v1${hooks}/${id}`, undefined, business),
    rotate: (id: Id) => post<Made>(`${hooks}/${id}/rotate`, { overlap_hours: 24 }),
    ping: (id: Id) => post<void>(`${hooks}/${id}/ping`),
    replay: (id: Id, what: { event_ids: Id[] } | { since: string; only_undelivered: boolean }) =>
      post<{ replayed: number }>(`${hooks}/${id}/replay`, what),
    deliveries: (id: Id, state?: Delivery["state"], cursor?: string) =>
      get<Page<Delivery>>(`${hooks}/${id}/deliveries${query({ state, cursor, limit: LIMIT })}`),
    attempts: (id: Id, event: Id) => get<Attempts>(`${hooks}/${id}/deliveries/${event}`),

    events: (type?: string, cursor?: string) => get<Page<Event>>(`/events${query({ type, cursor, limit: LIMIT })}`),
    eventTypes: () => get<{ data: EventType[] }>("/event-types"),
    trigger: (type: string) => post<void>("/test/events", { type }),

    requests: (failed: boolean, cursor?: string) =>
      get<Page<Logged>>(`/requests${query({ failed: failed ? "true" : undefined, cursor, limit: LIMIT })}`),
    clock: async () => (await get<{ data: Clock[] }>("/test/clocks")).data[0]!,
    advance: (advance_seconds: number) => post<Clock>("/test/clocks/sandbox/advance", { advance_seconds }),
  };
}

export type Calls = ReturnType<typeof callsFor>;
