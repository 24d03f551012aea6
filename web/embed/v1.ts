/**
 * <script src="https://…/embed/v1.js"></script> gives another app's page two elements:
 *
 *   <tuppence-payment src="…"></tuppence-payment>   a payment as it is now; `src` is the `url` that your server was given
 *   <tuppence-pay amount="1500" currency="USD" to="Bo"></tuppence-pay>   swipe to pay, or press the button
 *
 * The second decides nothing: it says `tuppence-pay` once somebody meant it, and your server sends the payment.
 */
(() => {
  const HEIGHT_MOST = 600;
  const MEANT = 0.85; // of the way
  const ASKED_MS = 4_000;

  const WORDS = {
    en: { swipe: "Swipe to pay {to} {amount}", sure: "Press again to pay {amount}", frame: "Payment" },
    fr: { swipe: "Glissez pour payer {amount} à {to}", sure: "Appuyez encore pour payer {amount}", frame: "Paiement" },
  };
  type Words = (typeof WORDS)["en"];

  const wordsFor = (element: Element): Words => {
    const tag = element.closest("[lang]")?.getAttribute("lang") ?? navigator.language;
    return tag.toLowerCase().startsWith("fr") ? WORDS.fr : WORDS.en;
  };

  /** A frame of ours. Of what it says only its size is used, and that it is over; the payment's state is inside it. */
  class TuppencePayment extends HTMLElement {
    static observedAttributes = ["src"];
    #frame: HTMLIFrameElement | null = null;

    connectedCallback(): void {
      addEventListener("message", this.#hear);
      this.#show();
    }

    disconnectedCallback(): void {
      removeEventListener("message", this.#hear);
    }

    attributeChangedCallback(): void {
      if (this.isConnected) this.#show();
    }

    #show(): void {
      const src = this.getAttribute("src");
      this.#frame?.remove();
      if (!src) return;
      const frame = document.createElement("iframe");
      const address = new URL(src);
      address.searchParams.set("lang", wordsFor(this) === WORDS.fr ? "fr" : "en");
      frame.title = wordsFor(this).frame;
      frame.style.cssText = "border:0;display:block;width:100%;max-width:320px;height:150px;color-scheme:normal";
      frame.src = address.href;
      this.#frame = frame;
      this.append(frame);
    }

    readonly #hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
      const frame = this.#frame;
      if (!frame || source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
      const { type, height } = (data ?? {}) as { type?: unknown; height?: unknown };
      if (type === "tuppence.size" && typeof height === "number")
        frame.style.height = `${Math.max(0, Math.min(HEIGHT_MOST, Math.ceil(height)))}px`;
      if (type === "tuppence.close") this.dispatchEvent(new CustomEvent("tuppence-close", { bubbles: true }));
    };
  }

  const LOOKS = `
    :host { display: block; max-width: 320px; font: 600 15px/1.3 system-ui, sans-serif }
    button { position: relative; display: block; width: 100%; height: 52px; padding: 0 16px 0 60px; border: 0;
      border-radius: 26px; background: #a8481f; color: #fff; font: inherit; cursor: pointer; touch-action: pan-y;
      overflow: hidden; user-select: none; -webkit-user-select: none }
    button[data-sure] { background: #8c3a17 }
    button:focus-visible { outline: 3px solid #24364b; outline-offset: 2px }
    button:disabled { opacity: 0.6; cursor: default }
    i { position: absolute; inset: 4px auto 4px 4px; width: 44px; border-radius: 22px; background: #fff; color: #a8481f;
      display: grid; place-items: center; font: 700 20px/1 system-ui, sans-serif; translate: var(--x, 0) 0 }
    @media (prefers-reduced-motion: no-preference) { i:not([data-held]) { transition: translate 0.2s ease-out } }`;

  /** Swiped, it is meant. So is a key or a screen reader's press; a mere tap, easily a slip, is asked about once. */
  class TuppencePay extends HTMLElement {
    static observedAttributes = ["amount", "currency", "to", "disabled"];
    readonly #button = document.createElement("button");
    readonly #knob = document.createElement("i");
    readonly #label = document.createElement("span");
    #from: number | null = null;
    #swiped = false;
    #asking = 0;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      const looks = new CSSStyleSheet(); // Allowed by every content security policy, unlike a style element.
      looks.replaceSync(LOOKS);
      root.adoptedStyleSheets = [looks];
      this.#button.type = "button";
      this.#knob.textContent = "→";
      this.#knob.ariaHidden = "true";
      this.#button.append(this.#knob, this.#label);
      root.append(this.#button);
      this.#button.addEventListener("pointerdown", this.#take);
      this.#button.addEventListener("pointermove", this.#drag);
      this.#button.addEventListener("pointerup", this.#drop);
      this.#button.addEventListener("pointercancel", this.#drop);
      this.#button.addEventListener("click", this.#press);
    }

    connectedCallback(): void {
      this.#say();
    }

    attributeChangedCallback(): void {
      this.#say();
    }

    override focus(options?: FocusOptions): void {
      this.#button.focus(options);
    }

    #say(): void {
      const words = wordsFor(this);
      const text = this.#asking ? words.sure : words.swipe;
      const [amount, to] = [this.#amount(), this.getAttribute("to") ?? ""];
      this.#label.textContent = text.replace("{amount}", amount).replace("{to}", to);
      this.#button.toggleAttribute("data-sure", this.#asking !== 0);
      this.#button.disabled = this.hasAttribute("disabled");
    }

    /** Minor units to money by way of a string: an amount never passes through a fraction. */
    #amount(): string {
      const minor = this.getAttribute("amount") ?? "0";
      const style = new Intl.NumberFormat(navigator.language, {
        style: "currency",
        currency: this.getAttribute("currency") ?? "USD",
      });
      const digits = style.resolvedOptions().maximumFractionDigits ?? 2;
      const padded = minor.padStart(digits + 1, "0");
      const whole = padded.slice(0, padded.length - digits);
      return style.format((digits ? `${whole}.${padded.slice(-digits)}` : whole) as unknown as number);
    }

    #way(): number {
      return this.#button.clientWidth - this.#knob.offsetWidth - 8;
    }

    readonly #take = (event: PointerEvent): void => {
      this.#from = event.clientX;
      this.#swiped = false;
      this.#button.setPointerCapture(event.pointerId);
      this.#knob.dataset.held = "";
    };

    readonly #drag = (event: PointerEvent): void => {
      if (this.#from === null) return;
      const went = Math.abs(event.clientX - this.#from);
      if (went > 8) this.#swiped = true;
      this.#knob.style.setProperty("--x", `${Math.min(Math.max(0, event.clientX - this.#from), this.#way())}px`);
    };

    readonly #drop = (event: PointerEvent): void => {
      if (this.#from === null) return;
      const meant = event.type === "pointerup" && event.clientX - this.#from >= this.#way() * MEANT;
      this.#from = null;
      delete this.#knob.dataset.held;
      this.#knob.style.removeProperty("--x");
      if (meant) this.#pay();
    };

    readonly #press = (event: MouseEvent): void => {
      if (this.#swiped) this.#swiped = false;
      else if (event.detail === 0 || this.#asking) this.#pay();
      else this.#ask();
    };

    #ask(): void {
      this.#asking = window.setTimeout(() => this.#forget(), ASKED_MS);
      this.#say();
    }

    #forget(): void {
      clearTimeout(this.#asking);
      this.#asking = 0;
      this.#say();
    }

    #pay(): void {
      this.#forget();
      if (this.hasAttribute("disabled")) return;
      this.setAttribute("disabled", ""); // Until the page says otherwise: one swipe is one intention.
      this.dispatchEvent(new CustomEvent("tuppence-pay", { bubbles: true }));
    }
  }

  if (!customElements.get("tuppence-pay")) {
    customElements.define("tuppence-payment", TuppencePayment);
    customElements.define("tuppence-pay", TuppencePay);
  }
})();
