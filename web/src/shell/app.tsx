import { useEffect, useRef } from "preact/hooks";
import { Consent } from "../apps/consent.tsx";
import { GrantScreen } from "../apps/grant.tsx";
import { Activity } from "../activity/activity.tsx";
import { Banks } from "../sandbox/banks.tsx";
import { Chat } from "../chat/chat.tsx";
import { Context } from "../chat/context.tsx";
import { Inbox, Pick } from "../inbox/inbox.tsx";
import { t } from "../lib/i18n/index.ts";
import { route, type Route } from "../lib/route.ts";
import { session, state } from "../lib/store.ts";
import { Add } from "../people/add.tsx";
import { People } from "../people/people.tsx";
import { PayDoorway } from "../pay/doorway.tsx";
import { tellAftermath } from "../pay/tell-aftermath.ts";
import { Receipt } from "../receipt/receipt.tsx";
import { Settings } from "../settings/settings.tsx";
import { SignIn } from "../signin/signin.tsx";
import { Toasts } from "../ui/toast.tsx";
import { Banners } from "./banners.tsx";
import { Later, Loading } from "./later.tsx";
import { Lost } from "./lost.tsx";
import { Nav } from "./nav.tsx";
import { SandboxBar } from "./sandbox-bar.tsx";
import { Sheets } from "./sheets.tsx";
import { threePanes, twoPanes } from "./wide.ts";

/** Nobody signed in: the sign-in stands where the screen would, and the address stays, to go on from. */
export function App() {
  return (
    <>
      {session.value === "out" ? <SignIn /> : route.value.screen === "business" ? <Merchant /> : <House />}
      <Toasts />
    </>
  );
}

/** The merchants' screens are loaded when somebody goes there: friends who pay each other never wait for them. */
function Merchant() {
  if (state.value) return <Later load={business} given={{}} />;
  return (
    <div class="house alone">
      <section class="top" aria-label={t("nav.status")}>
        <Banners />
      </section>
      <main id="main" class="main">
        <Loading />
      </main>
    </div>
  );
}

const business = () => import("../business/business.tsx");
const buy = () => import("../games/buy.tsx");

function House() {
  const here = route.value;
  const ready = state.value !== null;
  const context = threePanes.value && ready && here.screen === "chat";
  const alone = here.screen === "consent" || here.screen === "grant"; // Somebody else's question is answered before one goes on.
  const nav = !alone && (twoPanes.value || here.screen !== "chat");
  useTitle(here);
  useArrival(here);
  useEffect(() => {
    if (ready) void tellAftermath();
  }, [ready]);
  return (
    <div class={`house ${context ? "three" : ""} ${alone ? "alone" : ""}`}>
      <a class="skip" href="#main">
        {t("app.skip")}
      </a>
      <section class="top" aria-label={t("nav.status")}>
        <SandboxBar />
        <Banners />
      </section>
      {twoPanes.value && !alone && (
        <aside class="side" aria-label={t("nav.chats")}>
          <Inbox aside />
        </aside>
      )}
      <main id="main" class="main" tabIndex={-1}>
        {ready || here.screen === "home" ? (
          <Screen here={here} />
        ) : (
          <Loading />
        )}
      </main>
      {context && (
        <aside class="context" aria-label={t("context.label")}>
          <Context conversationId={here.conversation} />
        </aside>
      )}
      {nav && <Nav here={here} />}
      {ready && <Sheets />}
    </div>
  );
}

function Screen({ here }: { here: Route }) {
  switch (here.screen) {
    case "home":
      return twoPanes.value ? <Pick /> : <Inbox />;
    case "chat":
      return <Chat key={here.conversation} conversationId={here.conversation} />;
    case "receipt":
      return <Receipt key={here.payment} paymentId={here.payment} />;
    case "activity":
      return <Activity />;
    case "people":
      return <People />;
    case "banks":
      return <Banks />;
    case "add":
      return <Add key={here.handle} handle={here.handle} />;
    case "pay":
      return <PayDoorway key={here.handle} to={here} />;
    case "buy":
      return <Later key={here.purchase} load={buy} given={{ purchaseId: here.purchase }} />;
    case "consent":
      return <Consent key={here.query} query={here.query} />;
    case "grant":
      return <GrantScreen key={here.grant} grantId={here.grant} />;
    case "settings":
      return <Settings />;
    case "business":
    case "lost":
      return <Lost />;
  }
}

/** The page's title says where we are; a screen reader hears it when the place changes. */
function useTitle(here: Route): void {
  const person = here.screen === "chat" ? state.value?.conversations[here.conversation]?.person.name : undefined;
  const name = person ?? TITLES[here.screen]?.();
  useEffect(() => {
    document.title = name ? `${name} · ${t("app.name")}` : t("app.name");
  }, [name]);
}

/** A new place takes the focus, so that the keyboard and a screen reader begin there and not at the old link. */
function useArrival(here: Route): void {
  const began = useRef(here);
  useEffect(() => {
    if (here !== began.current) document.getElementById("main")?.focus({ preventScroll: true });
  }, [here]);
}

const TITLES: Partial<Record<Route["screen"], () => string>> = {
  activity: () => t("activity.title"),
  buy: () => t("activity.purchase"),
  consent: () => t("apps.title"),
  grant: () => t("grants.title"),
  people: () => t("people.title"),
  receipt: () => t("receipt.title"),
  settings: () => t("settings.title"),
};
