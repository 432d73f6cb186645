// Who is signed in, and the sign-in form. Here and not in the program, because a person can type while the program is still
// on its way. The form's markup is a template of index.html; the program opens and closes it and is told who came in.
(() => {
  const root = document.documentElement;
  // The same sentences as in locales/*/{access,errors,frame,parts}.json; a test of the program compares them.
  const TEXTS = {
    "pt-BR": {
      sign_in_title: "Entrar",
      email: "E-mail",
      password: "Senha",
      sign_in: "Entrar",
      forgot: "Esqueceu a senha? Peça a um administrador da sua organização para definir uma nova.",
      loading: "Carregando…",
      show_password: "Mostrar a senha",
      hide_password: "Ocultar a senha",
      error_title: "Não deu certo",
      error_id: "Código para o suporte",
      theme: "Tema",
      theme_light: "Claro",
      theme_dark: "Escuro",
      offline: "Não foi possível falar com o servidor. Confira a conexão e tente de novo.",
      unreadable: "O servidor respondeu algo que esta versão da página não entende. Recarregue a página.",
      invalid_credentials: "E-mail ou senha não conferem.",
      cross_site_request: "O pedido não veio desta página e foi recusado por segurança. Recarregue a página e tente de novo.",
      host_not_allowed: "Este servidor não conhece o nome do endereço. Quem cuida dele define ESTEIRA_PUBLIC_URL com este endereço ou inclui o nome em ESTEIRA_ALLOWED_HOSTS.",
      validation: "Confira os campos marcados.",
      rate_limited: "Muitas tentativas em pouco tempo. Aguarde e tente de novo.",
      rate_limited_for: "Muitas tentativas em pouco tempo. Tente de novo em {{ seconds }} s.",
      database_unavailable: "O banco de dados não respondeu. Se era uma alteração, confira se foi feita; depois tente de novo em instantes.",
      timeout: "O servidor demorou demais para responder. Confira se a ação foi feita antes de repetir.",
      internal: "Falha nossa ao processar o pedido. Tente de novo; se continuar, envie o código ao suporte.",
      field_required: "Preencha este campo.",
      field_invalid: "Formato inválido.",
      field_too_long: "Longo demais.",
    },
    en: {
      sign_in_title: "Sign in",
      email: "E-mail",
      password: "Password",
      sign_in: "Sign in",
      forgot: "Forgot your password? Ask an administrator of your organization to set a new one.",
      loading: "Loading…",
      show_password: "Show password",
      hide_password: "Hide password",
      error_title: "It did not work",
      error_id: "Support code",
      theme: "Theme",
      theme_light: "Light",
      theme_dark: "Dark",
      offline: "The server could not be reached. Check the connection and try again.",
      unreadable: "The server answered something this version of the page does not understand. Reload the page.",
      invalid_credentials: "The e-mail or the password is not right.",
      cross_site_request: "The request did not come from this page and was refused for safety. Reload the page and try again.",
      host_not_allowed: "This server does not know the name in the address. Whoever runs it sets ESTEIRA_PUBLIC_URL to this address, or adds the name to ESTEIRA_ALLOWED_HOSTS.",
      validation: "Check the marked fields.",
      rate_limited: "Too many tries in a short time. Wait and try again.",
      rate_limited_for: "Too many tries in a short time. Try again in {{ seconds }} s.",
      database_unavailable: "The database did not answer. If this was a change, check whether it was made; then try again in a moment.",
      timeout: "The server took too long. Check whether the action was done before repeating it.",
      internal: "A fault of ours. Try again; if it goes on, send the code to support.",
      field_required: "Fill in this field.",
      field_invalid: "Invalid format.",
      field_too_long: "Too long.",
    },
  };
  const words = () => TEXTS[root.lang] ?? TEXTS["pt-BR"];

  const API = `${window.esteiraBase}/api/v1`;
  const SESSION = `${API}/session`;
  const parsed = new Promise((resolve) => {
    if (document.readyState !== "loading") resolve();
    else document.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
  });

  /** `{ session }` with the answer's text, `{ setup }` when nobody is signed in, `{}` when the server did not say. */
  async function ask() {
    const answer = await fetch(SESSION, { headers: { accept: "application/json" } });
    if (answer.ok) return { session: await answer.text() };
    if (answer.status !== 401) return {};
    const setup = await fetch(`${API}/setup`, { headers: { accept: "application/json" } });
    return setup.ok ? { setup: (await setup.json()).needed } : {};
  }

  let arrived = null; // The session of who came in by the form before the program was there.
  let onArrival = null; // The program's, once it is there.
  let form = null; // The open form.
  let wrong = {}; // With the last try: `word` for all, `fields` each for itself, `id` for support.
  let waiting = null; // What index.html painted, for the time between the form and the program.

  const first = ask().catch(() => ({}));
  first.then(async (answer) => {
    await parsed;
    if (answer.session) preload();
    else if (answer.setup === false && !onArrival) open();
  });

  /** What stands around the pages and what they share is needed by whichever comes first; it need not wait for the program. */
  function preload() {
    const { shared, frame } = document.getElementById("esteira-app")?.dataset ?? {};
    for (const href of [shared, frame].filter(Boolean)) {
      const link = Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", href });
      link.crossOrigin = "anonymous";
      document.head.append(link);
    }
  }

  function place() {
    const found = document.getElementById("esteira-shell");
    if (found) return found;
    const made = document.createElement("div");
    made.id = "esteira-shell";
    document.body.prepend(made);
    return made;
  }

  function open() {
    if (form) return;
    const shell = place();
    waiting ??= [...shell.children];
    shell.replaceChildren(document.getElementById("esteira-sign-in").content.cloneNode(true));
    form = shell.querySelector("form");
    wrong = {};
    form.addEventListener("submit", submit);
    shell.querySelector('[data-do="show"]').addEventListener("click", toggleShown);
    shell.querySelector('[data-do="language"]').addEventListener("click", () => {
      root.lang = root.lang === "en" ? "pt-BR" : "en";
      keep("locale", root.lang);
      write();
      writeWrong();
    });
    shell.querySelector('[data-do="theme"]').addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      keep("theme", root.dataset.theme);
      write();
    });
    write();
    form.elements.email.focus();
  }

  function keep(key, value) {
    try {
      localStorage.setItem(`esteira${window.esteiraBase}.${key}`, value);
    } catch {
      // Storage may be refused; the choice then lasts until the page is left.
    }
  }

  /** Puts the words of the language into the form; what was typed stays. */
  function write() {
    const text = words();
    const shell = place();
    for (const node of shell.querySelectorAll("[data-word]")) node.textContent = text[node.dataset.word];
    shell.querySelector('[data-do="language"]').textContent = root.lang === "en" ? "Português" : "English";
    const theme = root.dataset.theme === "dark" ? text.theme_light : text.theme_dark;
    shell.querySelector('[data-do="theme"]').textContent = `${text.theme}: ${theme}`;
    writeShown();
    document.title = `${text.sign_in_title} · Esteira`;
  }

  function toggleShown() {
    const { password } = form.elements;
    password.type = password.type === "password" ? "text" : "password";
    writeShown();
  }

  function writeShown() {
    const shown = form.elements.password.type === "text";
    const button = form.querySelector('[data-do="show"]');
    const word = shown ? words().hide_password : words().show_password;
    button.setAttribute("aria-label", word);
    button.title = word;
    for (const icon of button.querySelectorAll("svg")) icon.toggleAttribute("hidden", (icon.dataset.icon === "hide") !== shown);
  }

  async function submit(event) {
    event.preventDefault();
    const mine = form;
    const button = mine.querySelector('[type="submit"]');
    if (button.getAttribute("aria-busy")) return;
    const { email, password } = mine.elements;
    const sent = { email: email.value.trim(), password: password.value };
    const missing = Object.keys(sent).filter((field) => !sent[field]);
    refuse({ fields: missing.map((field) => ({ field, code: "required" })) });
    if (missing.length > 0) return;
    busy(button, true);
    const { session, ...refused } = await enter(sent);
    if (form !== mine) return;
    busy(button, false);
    if (!session) return refuse(refused);
    if (onArrival) return onArrival(session);
    // The program is still on its way.
    arrived = session;
    form = null;
    place().replaceChildren(...waiting);
    place().querySelector('[data-shell="loading"]').textContent = words().loading;
    preloadShared();
  }

  function busy(button, is) {
    button.classList.toggle("is-busy", is);
    if (is) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }

  /** `{ session }`, or what is `wrong`. */
  async function enter(body) {
    let answer, got;
    try {
      answer = await fetch(SESSION, {
        method: "POST",
        headers: { accept: "application/json", "content-type": "application/json", "x-esteira-csrf": "1" },
        body: JSON.stringify(body),
      });
      got = await answer.text();
    } catch {
      return { word: "offline" };
    }
    if (answer.ok) return { session: got };
    let error = null;
    try {
      error = JSON.parse(got);
    } catch {
      // A proxy's page; the status says what there is to say.
    }
    if (error?.fields?.length > 0) return { fields: error.fields };
    const wait = parseInt(answer.headers.get("retry-after"));
    if (answer.status === 429) return { word: wait ? "rate_limited_for" : "rate_limited", wait };
    if (!error && (answer.status === 502 || answer.status === 504)) return { word: "offline" };
    const word = words()[error?.code] ? error.code : answer.status >= 500 ? "internal" : "unreadable";
    // A mistyped password is nothing support could look up.
    return { word, id: word === "invalid_credentials" ? undefined : error?.request_id };
  }

  function refuse(what) {
    wrong = what;
    writeWrong();
    form.querySelector('[aria-invalid="true"]')?.focus();
  }

  function writeWrong() {
    const text = words();
    const { word, wait, id, fields = [] } = wrong;
    form.querySelector('[role="alert"]')?.remove();
    if (word) {
      const card = document.getElementById("esteira-sign-in-error").content.cloneNode(true).firstElementChild;
      card.querySelector("b").textContent = text.error_title;
      card.querySelector("p").textContent = text[word].replace("{{ seconds }}", wait);
      card.querySelector("small").textContent = id ? `${text.error_id}: ${id}` : "";
      form.prepend(card);
    }
    for (const name of ["email", "password"]) {
      const found = fields.find(({ field }) => field === name);
      const input = form.elements[name];
      if (found) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      const note = document.getElementById(`sign-in-${name}-error`);
      note.replaceChildren();
      if (!found) continue;
      const line = document.getElementById("esteira-sign-in-wrong").content.cloneNode(true).firstElementChild;
      line.append(text[`field_${found.code}`] ?? text.field_invalid);
      note.append(line);
    }
  }

  window.esteiraDoor = {
    /** Who was there when the page came, or who came in since. */
    first: async () => {
      const answer = await first;
      return arrived ? { session: arrived } : answer;
    },
    /** Shows the form, and keeps it as it is when it is there; `come` is told the session of who comes in. */
    open: (come) => {
      onArrival = come;
      // Somebody may have come in since `first` was asked.
      if (arrived) come(arrived);
      else open();
    },
    close: () => {
      arrived = null;
      form = null;
      document.getElementById("esteira-shell")?.remove();
    },
  };
})();
