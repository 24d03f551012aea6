/** The card form: what is typed here goes to the vault and to nobody else. */
import "./card-form.css";
import { brand, digits, expiry, expiryTyped, grouped, isCurrent, isCvv, isNumber, isZip } from "./number.ts";
import { appOrigin, say, submit, type TestCard, testCards, ticket } from "./talk.ts";
import { CATALOGUES, FINAL, isWord, language, type Word } from "./words.ts";

const BRANDS = { visa: "Visa", mastercard: "Mastercard", amex: "Amex", discover: "Discover" } as const;
const FIELDS = ["number", "expiry", "cvv", "zip"] as const;
type Field = (typeof FIELDS)[number];

/** Where a refusal is shown; what is not here stands above the form. */
const BESIDE: Partial<Record<Word, Field>> = {
  number_invalid: "number",
  unknown_card: "number",
  credit_card: "number",
  gift_card: "number",
  health_card: "number",
  business_card: "number",
  foreign_card: "number",
  expiry_invalid: "expiry",
  cvv_invalid: "cvv",
  check_unanswered: "cvv",
  zip_invalid: "zip",
};

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const input = (field: Field | "keep"): HTMLInputElement => element(field);
const asked = new URLSearchParams(location.search);
const spoken = language(asked.get("lang"));
const words = CATALOGUES[spoken];

const number = (): string => digits(input("number").value);

/** What is wrong with a field as it stands, or null. */
function fault(field: Field): Word | null {
  const value = input(field).value.trim();
  if (field === "number") return isNumber(number()) ? null : "number_invalid";
  if (field === "cvv") return isCvv(value, brand(number())) ? null : "cvv_invalid";
  if (field === "zip") return isZip(value) ? null : "zip_invalid";
  const date = expiry(value);
  return date && isCurrent(date, new Date()) ? null : "expiry_invalid";
}

function show(field: Field, word: Word | null): void {
  element(`${field}-error`).textContent = word ? words[word] : "";
  if (word) input(field).setAttribute("aria-invalid", "true");
  else input(field).removeAttribute("aria-invalid");
}

function showAbove(word: Word | null): void {
  const problem = element("problem");
  problem.textContent = word ? words[word] : "";
  problem.hidden = !word;
  if (word) problem.focus();
}

function showBrand(): void {
  const known = brand(number());
  element("number-brand").textContent = known ? BRANDS[known] : "";
}

/** Regroup while somebody types, with the caret staying behind the digit that it was behind. */
function regroup(): void {
  const field = input("number");
  const before = digits(field.value.slice(0, field.selectionStart ?? field.value.length)).length;
  field.value = grouped(number().slice(0, 19));
  let caret = 0;
  for (let seen = 0; seen < before && caret < field.value.length; caret += 1) if (field.value[caret] !== " ") seen += 1;
  field.setSelectionRange(caret, caret);
  showBrand();
}

function refused(code: unknown): void {
  const word = isWord(code) ? code : "defect";
  const field = BESIDE[word];
  input("cvv").value = ""; // it has served: whatever comes next, it is typed again
  if (field) {
    show(field, word);
    input(field).focus();
  } else showAbove(word);
  if (FINAL.includes(word)) element<HTMLButtonElement>("add").disabled = true;
}

function busy(on: boolean): void {
  const add = element<HTMLButtonElement>("add");
  element("form").setAttribute("aria-busy", String(on));
  add.setAttribute("aria-disabled", String(on));
  add.textContent = words[on ? "asking" : "add"];
}

async function send(slip: string, origin: string): Promise<void> {
  if (element("form").getAttribute("aria-busy") === "true") return;
  showAbove(null);
  for (const field of FIELDS) show(field, fault(field));
  const wrong = FIELDS.find(fault);
  if (wrong) return input(wrong).focus();
  const date = expiry(input("expiry").value)!;
  busy(true);
  const answer = await submit({
    ticket: slip,
    number: number(),
    exp_month: date.month,
    exp_year: date.year,
    cvv: input("cvv").value.trim(),
    zip: input("zip").value.trim(),
    keep: input("keep").checked,
  });
  busy(false);
  if ("code" in answer) return refused(answer.code);
  element<HTMLFormElement>("form").reset();
  say({ type: "tuppence.card", token: answer.token }, origin);
}

function offer(cards: TestCard[]): void {
  const select = element<HTMLSelectElement>("test-card");
  element("test-cards").hidden = cards.length === 0;
  cards.forEach((card, place) => {
    const ending = card.number.slice(-4);
    select.add(new Option(`${card.label} · ${card.bank} ••${ending}`, String(place)));
  });
  select.addEventListener("change", () => {
    const card = cards[Number(select.value)];
    element("test-card-hint").textContent = select.value && card ? card.hint : "";
    if (!select.value || !card) return;
    input("number").value = grouped(card.number);
    input("expiry").value = `${String(card.exp_month).padStart(2, "0")}/${String(card.exp_year).slice(-2)}`;
    input("cvv").value = card.cvv;
    input("zip").value = card.zip;
    for (const field of FIELDS) show(field, null);
    showBrand();
  });
}

function translate(): void {
  document.documentElement.lang = spoken;
  document.title = words.title;
  for (const one of document.querySelectorAll<HTMLElement>("[data-says]")) {
    const key = one.dataset.says;
    if (isWord(key)) one.textContent = words[key];
  }
  const theme = asked.get("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

function listen(slip: string, origin: string): void {
  const form = element<HTMLFormElement>("form");
  const cancel = () => say({ type: "tuppence.card.cancelled" }, origin);
  const expiryField = input("expiry");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(slip, origin);
  });
  element("cancel").addEventListener("click", cancel);
  document.addEventListener("keydown", (event) => event.key === "Escape" && cancel());
  input("number").addEventListener("input", regroup);
  expiryField.addEventListener("input", (event) => {
    const deleting = (event as InputEvent).inputType?.startsWith("delete") ?? false;
    expiryField.value = expiryTyped(expiryField.value, deleting);
  });
  for (const field of FIELDS) {
    // Filled and left: say what is wrong. Being mended: say nothing until it is left again.
    input(field).addEventListener("change", () => show(field, input(field).value ? fault(field) : null));
    input(field).addEventListener("input", () => show(field, null));
  }
  new ResizeObserver(() => say({ type: "tuppence.card.size", height: form.scrollHeight }, origin)).observe(form);
}

function start(): void {
  translate();
  const origin = appOrigin();
  element("alone").hidden = origin !== null;
  if (!origin) return;
  element("form").hidden = false;
  listen(ticket(), origin);
  testCards().then(offer, () => undefined); // without test cards the form is whole
}

start();
