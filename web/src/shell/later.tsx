/** A part of the app that is loaded when it is first shown. */
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../lib/i18n/index.ts";
import { update, updateWaits } from "./worker.ts";

export type Load<Given> = () => Promise<{ default: FunctionComponent<Given> }>;

const known = new Map<unknown, FunctionComponent<never>>();

/** Give it a `key` of its own wherever another part can take its place. */
export function Later<Given extends object>({ load, given }: { load: Load<Given>; given: Given }) {
  const [at, setAt] = useState<"loading" | "there" | "missing">(known.has(load) ? "there" : "loading");
  useEffect(() => {
    if (at !== "loading") return;
    load().then(
      (part) => {
        known.set(load, part.default as FunctionComponent<never>);
        setAt("there");
      },
      () => setAt("missing"),
    );
  }, []);
  if (at === "loading") return <Loading />;
  if (at === "missing") return <Missing />;
  const Part = known.get(load) as unknown as FunctionComponent<Given>;
  return <Part {...given} />;
}

export function Loading() {
  return (
    <>
      <h1 class="heard">{t("app.name")}</h1>
      <p class="loading" role="status">
        {t("app.loading")}
      </p>
    </>
  );
}

/** No network, or a new version took this one's files away. */
function Missing() {
  const again = () => (updateWaits.value ? update() : location.reload());
  return (
    <div class="empty" role="alert">
      <h1>{t("app.not_loaded")}</h1>
      <button type="button" class="button plain" onClick={again}>
        {t("app.try_again")}
      </button>
      <a class="link" href="/">
        {t("app.home")}
      </a>
    </div>
  );
}
