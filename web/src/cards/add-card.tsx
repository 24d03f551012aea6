import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "../lib/api/calls.ts";
import type { CardTicket } from "../lib/api/types.ts";
import { withCard } from "../lib/feed/apply.ts";
import { locale, t } from "../lib/i18n/index.ts";
import { uuid7 } from "../lib/ids.ts";
import { face } from "../lib/says.ts";
import { change, words } from "../lib/store.ts";
import { shown } from "../lib/theme.ts";
import { open } from "../shell/sheets.tsx";
import { Icon } from "../ui/icon.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { toast } from "../ui/toast.tsx";
import { understand } from "./messages.ts";

/** The vault's own form in a frame. We hear a token from it, and ask the server what the card is. */
export function AddCard({ bankToo = false, onClose }: { bankToo?: boolean | undefined; onClose: () => void }) {
  const [ticket, setTicket] = useState<CardTicket | null>(null);
  const [problem, setProblem] = useState("");
  const [adopting, setAdopting] = useState(false);
  const frame = useRef<HTMLIFrameElement>(null);
  const instead = () => {
    onClose();
    open({ kind: "add-bank" });
  };

  useEffect(() => {
    api.cardTicket().then(setTicket, (error: unknown) => setProblem(words(error)));
  }, []);
  useEffect(() => {
    if (!ticket) return;
    const adopt = async (token: string) => {
      setAdopting(true);
      try {
        const card = await api.adoptCard(uuid7(), token);
        change((known) => withCard(known, card));
        toast(t("card.added", { card: face(card) }));
        onClose();
      } catch (error) {
        setProblem(words(error));
      }
    };
    const hear = (event: MessageEvent) => {
      if (event.origin !== ticket.origin || event.source !== frame.current?.contentWindow) return;
      const said = understand(event.data);
      if (said?.type === "tuppence.card.size") frame.current!.style.height = `${said.height}px`;
      if (said?.type === "tuppence.card.cancelled") onClose();
      if (said?.type === "tuppence.card") void adopt(said.token);
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, [ticket]);

  return (
    <Sheet title={t("card.title")} onClose={onClose} size="card">
      <div class="add-card">
        {problem ? (
          <p class="error" role="alert">
            {problem}
          </p>
        ) : adopting || !ticket ? (
          <p class="loading" role="status">
            {t(adopting ? "card.adopting" : "card.loading")}
          </p>
        ) : (
          <iframe ref={frame} src={formUrl(ticket)} title={t("card.frame")} referrerpolicy="origin" />
        )}
        <p class="hint with-icon">
          <Icon name="lock-keyhole" size={16} />
          {t("card.why_frame")}
        </p>
        {bankToo && (
          <button type="button" class="link start" onClick={instead}>
            {t("bank.instead")}
          </button>
        )}
      </div>
    </Sheet>
  );
}

function formUrl({ form_url }: CardTicket): string {
  const url = new URL(form_url);
  url.searchParams.set("lang", locale.value);
  url.searchParams.set("theme", shown());
  return url.href;
}
