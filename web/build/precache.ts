import { createHash } from "node:crypto";
import type { OutputAsset, OutputBundle, OutputChunk } from "rolldown";
import type { Plugin } from "vite";

const PUBLIC = ["/", "/manifest.webmanifest", "/icon.svg"];

/**
 * Writes into sw.js which files make up the shell, and a version that changes when any of them does. What is loaded
 * later is no part of it: the worker keeps that when it is first asked for.
 */
export function precache(): Plugin {
  return {
    name: "precache",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") return;
      const hash = createHash("sha256");
      for (const file of Object.values(bundle)) {
        hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      }
      const shell = {
        version: hash.digest("hex").slice(0, 12),
        files: [...PUBLIC, ...firstLoad(bundle).map((name) => `/${name}`)],
      };
      worker.code = worker.code.replace("__SHELL__", JSON.stringify(shell));
    },
  };
}

/** The page's script with all that it imports at once, and their looks. */
function firstLoad(bundle: OutputBundle): string[] {
  const found = new Set<string>();
  const take = (file: OutputChunk | OutputAsset | undefined) => {
    if (file?.type !== "chunk" || found.has(file.fileName)) return;
    found.add(file.fileName);
    for (const looks of file.viteMetadata?.importedCss ?? []) found.add(looks);
    file.imports.forEach((name) => take(bundle[name]));
  };
  take(Object.values(bundle).find((file) => file.type === "chunk" && file.isEntry && file.fileName !== "sw.js"));
  return [...found];
}
