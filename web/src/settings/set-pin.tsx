import { useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import { t } from "../lib/i18n/index.ts";
import { change, words } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";

export function SetPin({ onClose }: { onClose: () => void }) {
  const [pin, setPin] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const task = useTask((error) => setProblem(words(error)));
  const save = (event: Event) => {
    event.preventDefault();
    if (!/^\d{4,6}$/.test(pin)) return setProblem(t("setpin.why_pin"));
    if (!password) return setProblem(t("sign.needs_password"));
    setProblem("");
    void task.run(async () => {
      await api.setPin(pin, password);
      change((known) => ({ ...known, me: { ...known.me, has_pin: true } }));
      toast(t("setpin.saved"));
      onClose();
    });
  };
  return (
    <Sheet title={t("setpin.title")} onClose={onClose} size="card" closable={!task.busy}>
      <form class="stack" onSubmit={save} noValidate>
        <p class="muted">{t("setpin.hint")}</p>
        <Field
          label={t("setpin.new")}
          type="password"
          inputMode="numeric"
          autocomplete="off"
          maxLength={6}
          value={pin}
          onValue={setPin}
          autofocus
        />
        <Field
          label={t("setpin.password")}
          type="password"
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
        />
        <p class="error" role="alert">
          {problem}
        </p>
        <Button type="submit" kind="copper" class="wide" busy={task.busy}>
          {task.busy ? t("app.saving") : t("setpin.save")}
        </Button>
      </form>
    </Sheet>
  );
}
