import { locale } from "../lib/i18n/index.ts";
import * as when from "../lib/when.ts";
import { Glyph, Icon } from "../ui/icon.tsx";
import { addressOf, sectionsFor, type Place } from "./registry.ts";
import { t } from "./words.ts";

/** Where one arrives: what the business is, and what can be done here. */
const Overview: Place = ({ business }) => {
  const places = sectionsFor(business.role).filter(({ path }) => path !== "");
  const country = new Intl.DisplayNames(locale.value, { type: "region" }).of(business.country);
  return (
    <div class="screen">
      <header class="bar">
        <a class="icon-button phone-only" href="/business" aria-label={t("business.switch")}>
          <Icon name="chevron-left" size={22} />
        </a>
        <h1 dir="auto">{business.name}</h1>
      </header>
      <div class="scroll" tabIndex={0}>
        <section class="tiles">
          {places.map(({ path, title, about, icon }) => (
            <a key={path} class="tile" href={addressOf(business, path)}>
              <Glyph shapes={icon} size={24} />
              <b>{title()}</b>
              <small>{about()}</small>
            </a>
          ))}
        </section>
        <section>
          <h2>{t("business.facts")}</h2>
          <dl class="pairs padded">
            <dt>{t("business.id")}</dt>
            <dd class="code">{business.id}</dd>
            <dt>{t("business.country")}</dt>
            <dd>{country}</dd>
            <dt>{t("business.currency")}</dt>
            <dd>{business.currency}</dd>
            <dt>{t("business.zone")}</dt>
            <dd>{business.zone.replaceAll("_", " ")}</dd>
            <dt>{t("business.since")}</dt>
            <dd>{when.day(business.created_at)}</dd>
          </dl>
        </section>
      </div>
    </div>
  );
};

export default Overview;
