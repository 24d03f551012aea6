import type { Route } from "../lib/route.ts";
import { t, type Key } from "../lib/i18n/index.ts";
import { state, unread } from "../lib/store.ts";
import { Icon, type IconName } from "../ui/icon.tsx";

const PLACES: { href: string; key: Key; icon: IconName; screens: Route["screen"][] }[] = [
  { href: "/", key: "nav.chats", icon: "message-circle", screens: ["home", "chat", "pay"] },
  { href: "/activity", key: "nav.activity", icon: "receipt-text", screens: ["activity", "receipt"] },
  { href: "/people", key: "nav.people", icon: "users", screens: ["people", "add"] },
  { href: "/settings", key: "nav.settings", icon: "settings", screens: ["settings"] },
];

export function Nav({ here }: { here: Route }) {
  const waiting: Record<string, number> = { "/": unread.value, "/people": state.value?.friends.incoming.length ?? 0 };
  return (
    <nav class="nav" aria-label={t("nav.label")}>
      {PLACES.map(({ href, key, icon, screens }) => (
        <a key={href} href={href} aria-current={screens.includes(here.screen) ? "page" : undefined}>
          <span class="nav-icon">
            <Icon name={icon} size={22} />
            {waiting[href] ? <b class="badge">{waiting[href]}</b> : null}
          </span>
          {t(key)}
        </a>
      ))}
    </nav>
  );
}
