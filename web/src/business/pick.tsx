import { useState } from "preact/hooks";
import { t as app, locale } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { go } from "../lib/route.ts";
import { words } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { useTask } from "../ui/task.ts";
import { found } from "./calls.ts";
import { COUNTRIES } from "./countries.ts";
import { addressOf } from "./registry.ts";
import { Select } from "./select.tsx";
import { learn, told } from "./store.ts";
import { t } from "./words.ts";

/** The businesses that one acts for, and a form to found one. `lost`: the address named one that is not among them. */
export function Pick({ lost }: { lost: boolean }) {
  const { data } = told.value!;
  return (
    <div class="screen">
      <header class="bar">
        <a class="icon-button" href="/" aria-label={t("business.back")}>
          <Icon name="chevron-left" size={22} />
        </a>
        <h1>{t("business.title")}</h1>
      </header>
      <div class="scroll" tabIndex={0}>
        {lost && (
          <p class="padded error" role="alert">
            {t("business.lost")}
          </p>
        )}
        {data.length > 0 && (
          <section>
            <h2>{t("business.yours")}</h2>
            <ul class="list">
              {data.map((one) => (
                <li key={one.id}>
                  <a class="line" href={addressOf(one)}>
                    <span class="line-text">
                      <b dir="auto">{one.name}</b>
                      <small>{t(`business.role_${one.role}`)}</small>
                    </span>
                    <Icon name="chevron-right" />
                  </a>
                </li>
              ))}
            </ul>
          </section>
        )}
        <Found />
      </div>
    </div>
  );
}

/** One id an intention: a second tap founds no second business. */
function Found() {
  const [id] = useState(uuid7);
  const [name, setName] = useState("");
  const [country, setCountry] = useState(guessCountry);
  const [currency, setCurrency] = useState("USD");
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const submit = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return setProblem(t("business.needs_name"));
    setProblem("");
    void task.run(async () => {
      const business = await found(id, { name, country, currency, zone });
      learn(business);
      go(addressOf(business));
    });
  };
  const regions = new Intl.DisplayNames(locale.value, { type: "region" });
  const countries = COUNTRIES.map((code): [string, string] => [code, regions.of(code) ?? code]);
  return (
    <section>
      <h2>{t("business.found")}</h2>
      <form class="form padded" onSubmit={submit} noValidate>
        <p class="muted">{t("business.found_why")}</p>
        <Field label={t("business.name")} value={name} onValue={setName} maxLength={50} dir="auto" required />
        <Select
          label={t("business.country")}
          value={country}
          options={countries.sort(([, one], [, other]) => one.localeCompare(other, locale.value))}
          onValue={setCountry}
        />
        <Select
          label={t("business.currency")}
          hint={t("business.currency_hint")}
          value={currency}
          options={told.value!.currencies.map((code) => [code, code])}
          onValue={setCurrency}
        />
        <Select
          label={t("business.zone")}
          value={zone}
          options={zones(zone).map((one) => [one, one.replaceAll("_", " ")])}
          onValue={setZone}
        />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" busy={task.busy}>
          {task.busy ? app("app.saving") : t("business.found_do")}
        </Button>
      </form>
    </section>
  );
}

const zones = (own: string): string[] => [...new Set([own, "UTC", ...Intl.supportedValuesOf("timeZone")])];

const guessCountry = (): string => {
  const region = new Intl.Locale(navigator.language).maximize().region ?? "";
  return COUNTRIES.includes(region) ? region : "US";
};
