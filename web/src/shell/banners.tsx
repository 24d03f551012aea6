import { useEffect, useState } from "preact/hooks";
import { t } from "../lib/i18n/index.ts";
import { live, online } from "../lib/store.ts";
import { Icon } from "../ui/icon.tsx";
import { update, updateWaits } from "./worker.ts";

/** What the person has to know about the connection and the version, and nothing else. */
export function Banners() {
  const away = useAway();
  return (
    <div role="status">
      {!online.value ? (
        <Banner icon="cloud-off" text={t("app.offline")} />
      ) : (
        away && <Banner icon="cloud-off" text={t("app.reconnecting")} />
      )}
      {updateWaits.value && (
        <p class="banner info">
          <span>{t("app.update")}</span>
          <button type="button" class="button plain small" onClick={update}>
            {t("app.update_now")}
          </button>
        </p>
      )}
    </div>
  );
}

function Banner({ icon, text }: { icon: "cloud-off"; text: string }) {
  return (
    <p class="banner">
      <Icon name={icon} size={16} />
      <span>{text}</span>
    </p>
  );
}

const GRACE_MS = 3000;

/** A reconnect that takes a moment is nobody's concern. */
function useAway(): boolean {
  const [away, setAway] = useState(false);
  const broken = !live.value;
  useEffect(() => {
    if (!broken) return setAway(false);
    const timer = setTimeout(() => setAway(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [broken]);
  return away;
}
