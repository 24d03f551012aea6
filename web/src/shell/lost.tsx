import { t } from "../lib/i18n/index.ts";

export function Lost() {
  return (
    <div class="empty">
      <h1>{t("app.not_found")}</h1>
      <a class="button plain" href="/">
        {t("app.home")}
      </a>
    </div>
  );
}
