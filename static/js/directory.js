// The list answers while filters are chosen, and says so; a profile can be shared. Every page works without it.
(() => {
  "use strict";

  const wide = window.matchMedia("(min-width: 60rem)");
  const root = () => document.getElementById("direktori");

  // Beside the list the filters stand open, whatever their fold says; what reads the page should know that too.
  const openBeside = () => {
    const fold = document.querySelector(".directory-body:not(.directory-wide) #saringan");
    if (fold && wide.matches) fold.open = true;
  };
  openBeside();

  // On a wide screen each change shows its results at once; on a phone the button does, after several choices.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!window.htmx || form?.id !== "saring" || event.target.type === "search") return;
    if (wide.matches || event.target.id === "urutan") window.htmx.trigger(form, "terapkan");
  });

  // What was folded open stays so, and the focus is never lost with the part that was replaced.
  let folds = [];
  let cause = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== root()) return;
    folds = [...root().querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]);
    cause = event.detail.requestConfig.triggeringEvent?.type || "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!folds.length || !root()) return;
    for (const [id, open] of folds) {
      const fold = document.getElementById(id);
      // On a phone the filters close when their results are asked for.
      if (fold) fold.open = open && !(id === "saringan" && cause === "submit" && !wide.matches);
    }
    folds = [];
    openBeside();
    const isLost = !document.activeElement || document.activeElement === document.body;
    if (isLost || cause === "submit") document.getElementById("hasil").focus();
  });

  // <button data-share hidden>: the device's own way of passing a page on, where there is one.
  const setUpShare = (button) => {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ title: document.title, url: button.dataset.share }).catch(() => {});
    });
  };
  // <button data-print hidden>
  const setUpPrint = (button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  };
  document.querySelectorAll("[data-share]").forEach(setUpShare);
  document.querySelectorAll("[data-print]").forEach(setUpPrint);
})();
