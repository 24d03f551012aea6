import { t } from "../lib/i18n/index.ts";
import { me } from "../lib/store.ts";
import { open } from "../shell/sheets.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";

export function PinRow() {
  const has = me.value.has_pin;
  return (
    <div class="line">
      <span class="card-icon">
        <Icon name="lock-keyhole" />
      </span>
      <span class="line-text">
        <b>{t("settings.pin")}</b>
        <small>{t(has ? "settings.pin_set" : "settings.pin_none")}</small>
      </span>
      <span class="line-actions">
        <Button onClick={() => open({ kind: "set-pin" })}>{t(has ? "settings.pin_change" : "settings.pin_add")}</Button>
      </span>
    </div>
  );
}
