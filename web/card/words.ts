/** What the form says, in two languages. A refusal's code is the key of its sentence. */

const en = {
  title: "Card form",
  test_cards: "Test cards",
  test_cards_pick: "Pick one to fill the form",
  number: "Card number",
  expiry: "Expires (MM/YY)",
  cvv: "Security code",
  zip: "ZIP code",
  keep: "Keep this card",
  keep_hint: "Without the tick it serves once and is then forgotten.",
  cancel: "Cancel",
  add: "Add card",
  asking: "Asking your bank…",
  alone: "This form opens inside the app.",
  number_invalid: "Check the number: a digit is missing or wrong.",
  expiry_invalid: "Check the date: month and year, as on the card.",
  cvv_invalid: "The 3 digits on the back, or 4 on some cards.",
  zip_invalid: "The 5 digits of your billing address.",
  unknown_card: "No bank that we reach has cards of this kind.",
  credit_card: "This is a credit card. Use a debit card.",
  gift_card: "This is a gift card. Use a debit card.",
  health_card: "Health and flexible spending cards can't be used.",
  business_card: "Business cards can't be used.",
  foreign_card: "Cards from other countries can't be used yet.",
  check_unanswered: "Your bank didn't answer. Type the code again.",
  details_dont_match: "Your bank doesn't confirm these details. Check them against your card.",
  card_refused: "Your bank refuses this card. Use another, or ask your bank.",
  too_many_tries: "Too many tries. Wait a while before adding a card.",
  ticket_expired: "This form was open for too long. Close it and open it again.",
  ticket_used: "This form has already added a card. Close it and open it again.",
  ticket_refused: "This form wasn't opened by the app. Close it and open it again.",
  vault_locked: "Cards can't be added right now. Nothing was stored; try again later.",
  keys_away: "Cards can't be added right now. Nothing was stored; try again later.",
  unreachable: "The vault can't be reached. Nothing was stored; try again.",
  defect: "Something broke. Nothing is lost; try again.",
};

export type Word = keyof typeof en;

const fr: Record<Word, string> = {
  title: "Formulaire de carte",
  test_cards: "Cartes d’essai",
  test_cards_pick: "Choisissez-en une pour remplir",
  number: "Numéro de carte",
  expiry: "Expire (MM/AA)",
  cvv: "Code de sécurité",
  zip: "Code postal",
  keep: "Garder cette carte",
  keep_hint: "Sans la coche, elle sert une fois, puis elle est oubliée.",
  cancel: "Annuler",
  add: "Ajouter la carte",
  asking: "Nous demandons à votre banque…",
  alone: "Ce formulaire s’ouvre dans l’application.",
  number_invalid: "Vérifiez le numéro : un chiffre manque ou est faux.",
  expiry_invalid: "Vérifiez la date : mois et année, comme sur la carte.",
  cvv_invalid: "Les 3 chiffres au dos, ou 4 sur certaines cartes.",
  zip_invalid: "Les 5 chiffres de votre adresse de facturation.",
  unknown_card: "Aucune banque que nous joignons n’a ce genre de carte.",
  credit_card: "C’est une carte de crédit. Prenez une carte de débit.",
  gift_card: "C’est une carte cadeau. Prenez une carte de débit.",
  health_card: "Les cartes de frais de santé ne sont pas acceptées.",
  business_card: "Les cartes d’entreprise ne sont pas acceptées.",
  foreign_card: "Les cartes d’autres pays ne sont pas encore acceptées.",
  check_unanswered: "Votre banque n’a pas répondu. Retapez le code.",
  details_dont_match: "Votre banque ne confirme pas ces données. Comparez-les avec votre carte.",
  card_refused: "Votre banque refuse cette carte. Prenez-en une autre ou demandez à votre banque.",
  too_many_tries: "Trop d’essais. Attendez avant d’ajouter une carte.",
  ticket_expired: "Ce formulaire est resté ouvert trop longtemps. Fermez-le et rouvrez-le.",
  ticket_used: "Ce formulaire a déjà ajouté une carte. Fermez-le et rouvrez-le.",
  ticket_refused: "Ce formulaire n’a pas été ouvert par l’application. Fermez-le et rouvrez-le.",
  vault_locked: "On ne peut pas ajouter de carte pour l’instant. Rien n’a été gardé ; réessayez plus tard.",
  keys_away: "On ne peut pas ajouter de carte pour l’instant. Rien n’a été gardé ; réessayez plus tard.",
  unreachable: "Le coffre ne répond pas. Rien n’a été gardé ; réessayez.",
  defect: "Quelque chose s’est cassé. Rien n’est perdu ; réessayez.",
};

export type Language = "en" | "fr";
export const CATALOGUES: Record<Language, Record<Word, string>> = { en, fr };

/** Refusals that no other try with this form can change. */
export const FINAL: readonly Word[] = ["ticket_expired", "ticket_used", "ticket_refused", "too_many_tries"];

export const language = (asked: string | null): Language => (asked?.toLowerCase().startsWith("fr") ? "fr" : "en");

export const isWord = (code: unknown): code is Word => typeof code === "string" && Object.hasOwn(en, code);
