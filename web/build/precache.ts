import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const PUBLIC = ["/", "/manifest.webmanifest", "/icon.svg"];

/** Writes into sw.js which files make up the shell, and a version that changes when any of them does. */
export function precache(): Plugin {
  return {
    name: "precache",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") return;
      const built = Object.values(bundle).filter((file) => file.fileName.startsWith("assets/"));
      const hash = createHash("sha256");
      for (const file of Object.values(bundle)) {
        hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      }
      const shell = {
        version: hash.digest("hex").slice(0, 12),
        files: [...PUBLIC, ...built.map((f) => `/${f.fileName}`)],
      };
      worker.code = worker.code.replace("__SHELL__", JSON.stringify(shell));
    },
  };
}
