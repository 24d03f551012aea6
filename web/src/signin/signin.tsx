import { useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { locale, t } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { hasPasskeys, usePasskey } from "../lib/passkey.ts";
import { signedIn, words } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Mark } from "../ui/mark.tsx";
import { useTask } from "../ui/task.ts";

const PASSWORD_LENGTH_MIN = 8;

export function SignIn() {
  const [isNew, setNew] = useState(false);
  const [handle, setHandle] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const why = whyNot({ isNew, handle, name, password });

  const enter = (way: () => Promise<unknown>) => {
    setProblem("");
    void task.run(async () => {
      if ((await way()) !== null) await signedIn();
    });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (why) return setProblem(why);
    const who = handle.trim().replace(/^@/, "").toLowerCase();
    enter(() =>
      isNew
        ? api.signUp({ id: uuid7(), handle: who, name: name.trim(), password, locale: locale.value })
        : api.signIn(who, password),
    );
  };
  return (
    <main class="sign">
      <form class="sign-card" onSubmit={submit} noValidate>
        <header>
          <Mark size={64} />
          <p class="brand">{t("app.name")}</p>
          <p class="muted">{t("app.tagline")}</p>
        </header>
        <h1>{t(isNew ? "sign.up_title" : "sign.in_title")}</h1>
        {isNew && (
          <Field label={t("sign.name")} value={name} onValue={setName} autocomplete="name" dir="auto" required />
        )}
        <Field
          label={t("sign.handle")}
          hint={isNew ? t("sign.handle_hint") : undefined}
          value={handle}
          onValue={setHandle}
          autocomplete="username webauthn"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <Field
          label={t("sign.password")}
          hint={isNew ? t("sign.password_hint", { n: PASSWORD_LENGTH_MIN }) : undefined}
          type="password"
          value={password}
          onValue={setPassword}
          autocomplete={isNew ? "new-password" : "current-password"}
          required
        />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" busy={task.busy} class="wide">
          {task.busy ? t("sign.working") : t(isNew ? "sign.up" : "sign.in")}
        </Button>
        {!isNew && hasPasskeys && (
          <Button icon="key-round" class="wide" onClick={() => enter(byPasskey)}>
            {t("sign.passkey")}
          </Button>
        )}
        <p class="muted centre">
          {t(isNew ? "sign.have_account" : "sign.no_account")}{" "}
          <button
            type="button"
            class="link"
            onClick={() => {
              setNew(!isNew);
              setProblem("");
            }}
          >
            {t(isNew ? "sign.in" : "sign.up")}
          </button>
        </p>
      </form>
    </main>
  );
}

async function byPasskey(): Promise<unknown> {
  const { options } = await api.signInOptions();
  const credential = await usePasskey(options);
  return credential && api.signInWithPasskey(credential);
}

interface Entered {
  isNew: boolean;
  handle: string;
  name: string;
  password: string;
}

/** What is still missing, in words; the empty string when nothing is. */
function whyNot({ isNew, handle, name, password }: Entered): string {
  if (isNew && !name.trim()) return t("sign.needs_name");
  if (!handle.trim()) return t("sign.needs_handle");
  if (!password) return t("sign.needs_password");
  const missing = PASSWORD_LENGTH_MIN - [...password].length;
  return isNew && missing > 0 ? t("sign.short_password", { n: missing }) : "";
}
