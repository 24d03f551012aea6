import { t } from "../lib/i18n/index.ts";
import { me } from "../lib/store.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";

export function YourLink() {
  const { link, qr_svg, name } = me.value;
  const copy = () => void navigator.clipboard.writeText(link).then(() => toast(t("app.copied")));
  const share = () => void navigator.share({ title: name, url: link }).catch(() => undefined);
  return (
    <section>
      <h2>{t("people.your_link")}</h2>
      <div class="your-link">
        <img
          class="qr"
          src={`data:image/svg+xml,${encodeURIComponent(qr_svg)}`}
          alt={t("people.qr")}
          width={160}
          height={160}
        />
        <p>
          <bdi class="code">{link}</bdi>
        </p>
        <div class="row">
          <Button icon="copy" onClick={copy}>
            {t("app.copy")}
          </Button>
          {"share" in navigator && (
            <Button icon="share" onClick={share}>
              {t("people.share")}
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}
