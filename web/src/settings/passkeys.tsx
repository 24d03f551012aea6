import { useEffect, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { Id, Passkey } from "../lib/api/types.ts";
import { t } from "../lib/i18n/index.ts";
import { createPasskey, hasPasskeys } from "../lib/passkey.ts";
import * as when from "../lib/when.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useTask } from "../ui/task.ts";
import { toast } from "../ui/toast.tsx";

export function Passkeys() {
  const [passkeys, setPasskeys] = useState<readonly Passkey[]>([]);
  const task = useTask();
  const read = async () => setPasskeys((await api.passkeys()).passkeys);
  useEffect(() => void read().catch(() => undefined), []);
  const add = () =>
    void task.run(async () => {
      const { options } = await api.passkeyOptions();
      const credential = await createPasskey(options);
      if (!credential) return;
      await api.addPasskey(credential);
      await read();
      toast(t("settings.passkey_added"));
    });
  const remove = (id: Id) => () =>
    void task.run(async () => {
      await api.removePasskey(id);
      await read();
    });
  return (
    <>
      {passkeys.map((one) => (
        <div key={one.id} class="line">
          <span class="card-icon">
            <Icon name="key-round" />
          </span>
          <span class="line-text">
            <b dir="auto">{one.name}</b>
            <small>{t("settings.added", { when: when.day(one.created_at) })}</small>
          </span>
          <span class="line-actions">
            <Button onClick={remove(one.id)} aria-label={t("settings.remove_what", { what: one.name })}>
              {t("card.remove")}
            </Button>
          </span>
        </div>
      ))}
      <div class="padded">
        <p class="muted">{t(hasPasskeys ? "settings.passkey_none" : "settings.passkey_unsupported")}</p>
        {hasPasskeys && (
          <Button icon="key-round" busy={task.busy} onClick={add}>
            {t("settings.passkey_add")}
          </Button>
        )}
      </div>
    </>
  );
}
