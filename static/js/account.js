// Passkeys and recovery codes. The work with the browser's credentials is done by allauth's own scripts, which this
// one starts: those expect inline code, and our content policy allows none.
(() => {
  "use strict";

  const start = (form) => {
    const button = form.querySelector("[data-webauthn-button]");
    if (!window.PublicKeyCredential || !window.allauth || !window.allauth.webauthn) return;
    const credential = form.querySelector("[name=credential]");
    const passwordless = form.querySelector("[name=passwordless]");
    if (!button.id) button.id = "webauthn-button";
    const ids = { add: button.id, authenticate: button.id, login: button.id, credential: credential.id };
    if (passwordless) ids.passwordless = passwordless.id;
    if (document.getElementById("js_data")) ids.data = "js_data";
    window.allauth.webauthn.forms[form.dataset.webauthn]({ ids });
    button.hidden = false;
  };
  document.querySelectorAll("form[data-webauthn]").forEach(start);

  // The person closed the browser's window, or the device refused.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-webauthn-error]").forEach((text) => { text.hidden = false; });
  });

  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
