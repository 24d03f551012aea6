/** The merchants' part of the app: which business, which place in it, and whether money is real here. */
import { useEffect, useState } from "preact/hooks";
import chevronsUpDown from "lucide:chevrons-up-down";
import { t as app } from "../lib/i18n/index.ts";
import { route } from "../lib/route.ts";
import { words } from "../lib/store.ts";
import { Banners } from "../shell/banners.tsx";
import { Later, Loading } from "../shell/later.tsx";
import { Sheets } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Glyph, Icon } from "../ui/icon.tsx";
import type { Business as Noun } from "./calls.ts";
import { ModeBar } from "./mode-bar.tsx";
import { Pick } from "./pick.tsx";
import { addressOf, sectionsFor } from "./registry.ts";
import { read, told } from "./store.ts";
import { t } from "./words.ts";
import "./business.css";

export default function Business() {
  const [problem, setProblem] = useState("");
  const known = told.value;
  const load = () => {
    setProblem("");
    read().catch((error: unknown) => setProblem(words(error)));
  };
  useEffect(load, []);
  if (problem)
    return (
      <main id="main" class="empty">
        <p role="alert">{problem}</p>
        <Button onClick={load}>{app("app.try_again")}</Button>
      </main>
    );
  return known ? <Frame businesses={known.data} /> : <Loading />;
}

function Frame({ businesses }: { businesses: readonly Noun[] }) {
  const here = route.value;
  const named = here.screen === "business" ? here : null;
  const business = businesses.find(({ id }) => id === named?.business);
  const section = business && sectionsFor(business.role).find(({ path }) => path === named?.section);
  useTitle(section ? `${section.title()} · ${business.name}` : t("business.title"));
  useArrival(`${business?.id} ${section?.path}`);
  return (
    <div class={`house business ${business ? "" : "alone"}`}>
      <a class="skip" href="#main">
        {app("app.skip")}
      </a>
      <section class="top" aria-label={app("nav.status")}>
        <ModeBar />
        <Banners />
      </section>
      {business && <Side business={business} />}
      <main id="main" class="main" tabIndex={-1}>
        {section ? (
          <Later
            key={`${business.id} ${section.path}`}
            load={section.load}
            given={{ business, rest: named?.rest ?? [] }}
          />
        ) : (
          <Pick lost={named?.business != null} />
        )}
      </main>
      {business && <Places business={business} at={named?.section ?? ""} />}
      <Sheets />
    </div>
  );
}

/** On a wide screen: which business this is, and the way out. */
function Side({ business }: { business: Noun }) {
  return (
    <header class="side business-side">
      <a class="line" href="/business">
        <span class="line-text">
          <b dir="auto">{business.name}</b>
          <small>{t(`business.role_${business.role}`)}</small>
        </span>
        <span class="heard">{t("business.switch")}</span>
        <Glyph shapes={chevronsUpDown} />
      </a>
      <a class="link" href="/">
        <Icon name="chevron-left" size={16} /> {t("business.back")}
      </a>
    </header>
  );
}

function Places({ business, at }: { business: Noun; at: string }) {
  return (
    <nav class="nav" aria-label={t("business.places")}>
      {sectionsFor(business.role).map(({ path, title, short = title, icon }) => (
        <a key={path} href={addressOf(business, path)} aria-current={path === at ? "page" : undefined}>
          <span class="nav-icon">
            <Glyph shapes={icon} size={22} />
          </span>
          <span class="roomy">{title()}</span>
          <span class="narrow">{short()}</span>
        </a>
      ))}
    </nav>
  );
}

function useTitle(name: string): void {
  useEffect(() => {
    document.title = `${name} · ${app("app.name")}`;
  }, [name]);
}

/** A new place takes the focus, as everywhere in the app. */
function useArrival(place: string): void {
  const [began] = useState(place);
  useEffect(() => {
    if (place !== began) document.getElementById("main")?.focus({ preventScroll: true });
  }, [place]);
}
