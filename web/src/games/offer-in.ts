/** The address of a game's offer in what somebody wrote, if it is one of this house's. Pure. */
const OFFER = /(https?:\/\/[^\s/]+)(\/buy\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w/-])/;

export function offerIn(text: string, origin: string): string | null {
  const [, where, path] = OFFER.exec(text) ?? [];
  return where === origin && path ? path : null;
}
