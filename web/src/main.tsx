import { render } from "preact";
import { App } from "./shell/app.tsx";
import { installWorker } from "./shell/worker.ts";
import { followLinks } from "./lib/route.ts";
import { start } from "./lib/store.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/screens.css";
import "./styles/chat.css";
import "./styles/sheets.css";
import "./styles/apps.css";
import "./styles/disputes.css";

followLinks();
start();
render(<App />, document.getElementById("app")!);
installWorker();
