import { useState } from "preact/hooks";
import { t as app } from "../../lib/i18n/index.ts";
import { uuid7 } from "../../lib/ids.ts";
import { words } from "../../lib/store.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Question } from "../../ui/sheet.tsx";
import { useTask } from "../../ui/task.ts";
import { Listed, usePages } from "../reading.tsx";
import { Select } from "../select.tsx";
import type { App, AppBody } from "./calls.ts";
import { Copyable, Curl, JustMade } from "./copy.tsx";
import type { PageProps } from "./developers.tsx";
import { t } from "./words.ts";

/** The business's OAuth apps: what each is, how many people let it in, its secret, and a form for another. */
export function AppsPage({ business, calls }: PageProps) {
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null);
  const [saved, setSaved] = useState(0); // each time the form begins anew
  const [changing, setChanging] = useState<App | null>(null);
  const [retiring, setRetiring] = useState<App | null>(null);
  const task = useTask();
  const reading = usePages<App>(async () => ({ data: (await calls.apps()).apps, next_cursor: null }), []);
  const renew = ({ id, name }: App) =>
    void task.run(async () => setSecret({ name, ...(await calls.makeSecret(id)) }));
  const retire = ({ id }: App) =>
    void task.run(async () => {
      setRetiring(null);
      await calls.retireApp(id);
      reading.again();
    });
  const save = async (id: string, body: AppBody) => {
    await calls.setApp(id, body);
    setChanging(null);
    setSaved(saved + 1);
    reading.again();
  };
  return (
    <>
      {secret && (
        <JustMade key={secret.secret} title={t("dev.app_secret_made", { name: secret.name })}>
          <p>{t("dev.app_secret_once")}</p>
          <Copyable text={secret.secret} label={t("dev.client_secret")} />
        </JustMade>
      )}
      <section>
        <h2>{t("dev.apps")}</h2>
        <Listed reading={reading} empty={t("dev.no_apps")}>
          {(apps) => (
            <ul class="list">
              {apps.map((one) => (
                <li key={one.id} class="line app-line">
                  <About app={one} />
                  <span class="line-actions">
                    {one.confidential && (
                      <Button onClick={() => renew(one)} aria-label={t("dev.app_secret_what", { name: one.name })}>
                        {t("dev.app_secret")}
                      </Button>
                    )}
                    <Button onClick={() => setChanging(one)} aria-label={t("dev.app_change_what", { name: one.name })}>
                      {t("dev.app_change")}
                    </Button>
                    <Button onClick={() => setRetiring(one)} aria-label={t("dev.app_retire_what", { name: one.name })}>
                      {t("dev.app_retire")}
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Listed>
      </section>
      <Form key={changing?.id ?? saved} was={changing} save={save} onCancel={() => setChanging(null)} />
      <div class="padded">
        <Curl path={`/businesses/${business.id}/apps`} />
      </div>
      {retiring && (
        <Question
          title={t("dev.app_retire_what", { name: retiring.name })}
          yes={t("dev.app_retire")}
          danger
          onYes={() => retire(retiring)}
          onNo={() => setRetiring(null)}
        >
          {t("dev.app_retire_why")}
        </Question>
      )}
    </>
  );
}

function About({ app: one }: { app: App }) {
  return (
    <span class="line-text">
      <b dir="auto">{one.name}</b>
      <small>
        {t("dev.client_id")} <span class="code">{one.id}</span>
      </small>
      <small>{t("dev.app_people", { n: one.people })}</small>
      <small>
        {one.scopes.length ? t("dev.app_scopes", { scopes: one.scopes.join(", ") }) : t("dev.app_no_scopes")}
      </small>
      <small>
        {t("dev.app_returns")} <span class="code">{one.redirect_uris.join(" ")}</span>
      </small>
      {one.origins.length > 0 && (
        <small>
          {t("dev.app_origins")} <span class="code">{one.origins.join(" ")}</span>
        </small>
      )}
      <small>
        {t(one.confidential ? "dev.app_kind_confidential" : "dev.app_kind_public")}
        {" · "}
        {t("dev.api_version", { version: one.api_version })}
      </small>
    </span>
  );
}

const parts = (text: string): string[] => text.split(/\s+/).filter(Boolean);

interface FormProps {
  was: App | null;
  save: (id: string, body: AppBody) => Promise<void>;
  onCancel: () => void;
}

/** A new app, or one that is changed; whether it keeps a secret stays as it was made. */
function Form({ was, save, onCancel }: FormProps) {
  const [id] = useState(() => was?.id ?? uuid7());
  const [name, setName] = useState(was?.name ?? "");
  const [home, setHome] = useState(was?.home_url ?? "");
  const [redirects, setRedirects] = useState(was?.redirect_uris.join(" ") ?? "");
  const [origins, setOrigins] = useState(was?.origins.join(" ") ?? "");
  const [kind, setKind] = useState<"confidential" | "public">(was?.confidential === false ? "public" : "confidential");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const submit = (event: Event) => {
    event.preventDefault();
    if (!name.trim()) return setProblem(t("dev.needs_app_name"));
    if (!home.trim()) return setProblem(t("dev.needs_app_home"));
    if (!parts(redirects).length) return setProblem(t("dev.needs_redirect"));
    setProblem("");
    const confidential = kind === "confidential";
    const addresses = { redirect_uris: parts(redirects), origins: parts(origins) };
    void task.run(() => save(id, { name: name.trim(), home_url: home.trim(), confidential, ...addresses }));
  };
  const address = { autocapitalize: "none", spellcheck: false, placeholder: "https://" } as const;
  return (
    <section>
      <h2>{was ? t("dev.app_change_what", { name: was.name }) : t("dev.new_app")}</h2>
      <form class="form padded" onSubmit={submit} noValidate>
        <Field
          label={t("dev.app_name")}
          hint={t("dev.app_name_hint")}
          value={name}
          onValue={setName}
          maxLength={50}
          autofocus={was !== null}
        />
        <Field {...address} label={t("dev.app_home")} value={home} onValue={setHome} />
        <Field
          {...address}
          label={t("dev.app_redirects")}
          hint={t("dev.app_redirects_hint")}
          value={redirects}
          onValue={setRedirects}
        />
        <Field
          {...address}
          label={t("dev.app_frames")}
          hint={t("dev.app_frames_hint")}
          value={origins}
          onValue={setOrigins}
        />
        {!was && (
          <Select
            label={t("dev.app_kind")}
            value={kind}
            options={[
              ["confidential", t("dev.app_kind_confidential")],
              ["public", t("dev.app_kind_public")],
            ]}
            onValue={setKind}
          />
        )}
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" busy={task.busy}>
          {task.busy ? app("app.saving") : t(was ? "dev.app_save" : "dev.app_make")}
        </Button>
        {was && <Button onClick={onCancel}>{t("dev.app_cancel")}</Button>}
      </form>
    </section>
  );
}
