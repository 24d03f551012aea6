/** The developers' pages: keys, apps, webhooks, events, the log of requests, the sandbox's clock. */
import { useMemo } from "preact/hooks";
import type { FunctionComponent } from "preact";
import { addressOf, type Place } from "../registry.ts";
import type { Business } from "../calls.ts";
import { told } from "../store.ts";
import { callsFor, type Calls } from "./calls.ts";
import { AppsPage } from "./apps.tsx";
import { ClockPage } from "./clock.tsx";
import { EndpointPage } from "./endpoint.tsx";
import { EventsPage } from "./events.tsx";
import { KeysPage } from "./keys.tsx";
import { RequestsPage } from "./requests.tsx";
import { WebhooksPage } from "./webhooks.tsx";
import { t } from "./words.ts";
import "./developers.css";

export interface PageProps {
  business: Business;
  calls: Calls;
}

const PAGES: Record<string, FunctionComponent<PageProps>> = {
  keys: KeysPage,
  apps: AppsPage,
  webhooks: WebhooksPage,
  events: EventsPage,
  requests: RequestsPage,
  clock: ClockPage,
};

const Developers: Place = ({ business, rest }) => {
  const calls = useMemo(() => callsFor(business.id), [business.id]);
  const [named = "keys", deeper] = rest;
  const pages = Object.keys(PAGES).filter((name) => name !== "clock" || told.value!.mode === "test");
  const Page = PAGES[named] ?? KeysPage;
  return (
    <div class="screen">
      <header class="bar">
        <h1>{t("dev.title")}</h1>
        <span class="bar-space" />
        <a class="link" href="/docs" target="_blank" rel="noopener">
          {t("dev.reference")}
        </a>
      </header>
      <div class="scroll" tabIndex={0}>
        <nav class="tabs" aria-label={t("dev.pages")}>
          {pages.map((name) => (
            <a
              key={name}
              href={addressOf(business, "developers", name)}
              aria-current={name === named ? "page" : undefined}
            >
              {t(`dev.${name}` as "dev.keys")}
            </a>
          ))}
        </nav>
        {named === "webhooks" && deeper ? (
          <EndpointPage key={deeper} business={business} calls={calls} endpointId={deeper} />
        ) : (
          <Page key={named} business={business} calls={calls} />
        )}
      </div>
    </div>
  );
};

export default Developers;
