/** Files that leave the app. The server gives them to whoever is signed in, so no link could carry them. */
import type { Download } from "./api/client.ts";

const KEPT_MS = 60_000; // Safari reads the file after the click.

/** Into the person's downloads. */
export function save({ blob, name }: Download): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/** Whether this device can hand a PDF to another app. */
export const canShare = (): boolean =>
  globalThis.navigator?.canShare?.({ files: [new File([""], "x.pdf", { type: "application/pdf" })] }) ?? false;

/** To another app, as the person chooses; to the downloads where the device changed its mind. */
export async function share(file: Download): Promise<void> {
  const files = [new File([file.blob], file.name, { type: file.blob.type })];
  await navigator.share({ files }).catch((error: unknown) => {
    if ((error as DOMException).name !== "AbortError") save(file); // An abort is the person's own "no".
  });
}
