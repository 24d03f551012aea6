/** Passkeys by the browser's own JSON helpers. Where it lacks them there is always the password, or the PIN. */

type CreationOptions = PublicKeyCredentialCreationOptionsJSON;
type RequestOptions = PublicKeyCredentialRequestOptionsJSON;
/** What the server verifies. */
type Proof = Record<string, unknown>;

export const hasPasskeys =
  globalThis.isSecureContext &&
  "PublicKeyCredential" in globalThis &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Make one. @returns the proof, or null when the person thought better of it */
export const createPasskey = (options: CreationOptions): Promise<Proof | null> =>
  ask(() => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }));

/** Prove with one. @returns the proof, or null when the person thought better of it */
export const usePasskey = (options: RequestOptions): Promise<Proof | null> =>
  ask(() => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));

async function ask(act: () => Promise<Credential | null>): Promise<Proof | null> {
  try {
    return ((await act()) as PublicKeyCredential | null)?.toJSON() ?? null;
  } catch (error) {
    if (error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError")) return null;
    throw error;
  }
}
