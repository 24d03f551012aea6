/** Token mode: an acquirer's page takes the number, framed here. What comes out of it is a name for one use. */
import "./card-form.css";
import { acquirerOrigin, appOrigin, type Said, say, submit, ticket } from "./talk.ts";
import { CATALOGUES, FINAL, isWord, language } from "./words.ts";

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const asked = new URLSearchParams(location.search);
const spoken = language(asked.get("lang"));
const words = CATALOGUES[spoken];
let fields = element<HTMLIFrameElement>("fields");

function translate(): void {
  document.documentElement.lang = spoken;
  document.title = fields.title = words.title;
  for (const one of document.querySelectorAll<HTMLElement>("[data-says]")) {
    const key = one.dataset.says;
    if (isWord(key)) one.textContent = words[key];
  }
  const theme = asked.get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

/** A frame of its own each time: one that was hidden said that it has no height, and with none it is never drawn again. */
function open(acquirer: string): void {
  const fresh = fields.cloneNode() as HTMLIFrameElement;
  fresh.removeAttribute("height");
  fresh.hidden = false;
  fresh.src = `${acquirer}/card-form${location.search}`;
  fields.replaceWith(fresh);
  fields = fresh;
}

function refused(code: unknown, acquirer: string): void {
  const word = isWord(code) ? code : "defect";
  const problem = element("problem");
  problem.textContent = words[word];
  problem.hidden = false;
  problem.focus();
  if (!FINAL.includes(word)) open(acquirer); // anew: the acquirer's page forgot the card when it named it
}

async function redeem(once: string, slip: string, app: string, acquirer: string): Promise<void> {
  fields.hidden = true;
  element("problem").hidden = true;
  element("asking").hidden = false;
  const answer = await submit({ ticket: slip, once });
  element("asking").hidden = true;
  if ("code" in answer) refused(answer.code, acquirer);
  else say({ type: "tuppence.card", token: answer.token }, app);
}

function start(): void {
  translate();
  const [app, acquirer] = [appOrigin(), acquirerOrigin()];
  element("alone").hidden = app !== null;
  if (!app || !acquirer) return;
  const slip = ticket();
  addEventListener("message", (event: MessageEvent<Said>) => {
    if (event.origin !== acquirer || event.source !== fields.contentWindow) return;
    if (event.data.type === "tuppence.card") void redeem(event.data.token, slip, app, acquirer);
    else if (event.data.type === "tuppence.card.cancelled") say(event.data, app);
    else fields.height = String(event.data.height);
  });
  new ResizeObserver(() => say({ type: "tuppence.card.size", height: document.body.scrollHeight }, app)).observe(
    document.body,
  );
  open(acquirer);
}

start();
