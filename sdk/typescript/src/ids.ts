/** A time-ordered UUID (RFC 9562, version 7): one for each intention. Keep it until the call is answered. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0, ms = Date.now(); at < 6; at++) bytes[5 - at] = Math.floor(ms / 256 ** at) % 256;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
