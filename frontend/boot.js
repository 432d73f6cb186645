// Runs before the first paint: sets theme, density and language, then starts the program.
// An external file because the content security policy allows no inline script.
(() => {
  const root = document.documentElement;
  // All of the program lies where this file does: at the root of the host, or below a path of it such as `/esteira`.
  window.esteiraBase = new URL(".", document.currentScript.src).pathname.slice(0, -1);
  const kept = (key) => {
    try {
      return localStorage.getItem(`esteira${window.esteiraBase}.${key}`);
    } catch {
      return null; // Storage may be refused; the defaults then hold.
    }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => {
    const choice = kept("theme");
    root.dataset.theme = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
  };
  theme();
  dark.addEventListener("change", theme);
  root.dataset.density = kept("density") ?? "normal";
  root.lang = kept("locale") === "en" ? "en" : "pt-BR";

  // Asked each time: the language can change while the page is open.
  const english = () => root.lang === "en";
  const words = () => english()
    ? {
        title: "The page stopped working",
        text: "Something unexpected happened and the page cannot go on. Nothing already saved was lost. Reload to continue.",
        failed: "The page could not be loaded",
        failedText: "Part of the program did not arrive. Check the connection and reload.",
        button: "Reload",
        loading: "Loading…",
        slow: "The connection is slow; the program is still on its way.",
      }
    : {
        title: "A página parou de funcionar",
        text: "Aconteceu algo inesperado e a página não consegue continuar. Nada do que já foi salvo se perdeu. Recarregue para seguir.",
        failed: "Não foi possível carregar a página",
        failedText: "Uma parte do programa não chegou. Confira a conexão e recarregue.",
        button: "Recarregar",
        loading: "Carregando…",
        slow: "A conexão está lenta; o programa ainda está chegando.",
      };

  function overlay(title, text, cause) {
    const box = document.getElementById("esteira-reload");
    if (!box || !box.hidden) return;
    box.querySelector('[data-reload="title"]').textContent = title;
    box.querySelector('[data-reload="text"]').textContent = text;
    box.querySelector('[data-reload="cause"]').textContent = cause;
    const button = box.querySelector('[data-reload="button"]');
    button.textContent = words().button;
    button.addEventListener("click", () => location.reload());
    box.hidden = false;
    button.focus();
  }

  // The program's panic hook calls this: after a panic its state cannot be trusted.
  window.esteiraPanicked = (cause) => overlay(words().title, words().text, String(cause).slice(0, 300));

  // The program loads what is not part of the first visit by this: WASM itself cannot import a module. The path begins here.
  window.esteiraImport = (path) => import(path);

  // The parts of the program come by this. A part that the server does not have belongs to an older version of the page;
  // the program sees the mark and reloads.
  window.esteiraPart = async (address) => {
    const answer = await fetch(address).catch((error) => {
      // Another part may be gone; this one only did not come.
      delete root.dataset.gone;
      throw error;
    });
    if (answer.status === 404) root.dataset.gone = "";
    return answer;
  };

  document.addEventListener("DOMContentLoaded", async () => {
    if (english()) {
      document.querySelector('[data-shell="loading"]').textContent = words().loading;
      document.querySelector('[data-shell="slow"]').textContent = words().slow;
    }
    const slow = setTimeout(() => {
      const note = document.querySelector('[data-shell="slow"]');
      if (note) note.hidden = false;
    }, 6000);
    const app = document.getElementById("esteira-app");
    try {
      const program = await import(app.content);
      await program.default({ module_or_path: app.dataset.wasm });
    } catch (error) {
      // A panic during start has already shown its own overlay.
      overlay(words().failed, words().failedText, String(error));
    } finally {
      clearTimeout(slow);
    }
  });
})();
