// Small helps on top of pages that work without them. No dependency, no inline code.
(() => {
  "use strict";

  // Menus are <details>: Escape and a click elsewhere close them.
  const openMenus = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openMenus().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("click", (event) => {
    openMenus().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // <button data-copy="#id" data-copied="Copied" hidden>: copies the text of that element.
  const setUpCopy = (button) => {
    if (!navigator.clipboard) return;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
      window.setTimeout(() => { button.textContent = label; }, 2000);
    });
  };

  // <button data-dismiss hidden> inside an alert.
  const setUpDismiss = (button) => {
    button.hidden = false;
    button.addEventListener("click", () => button.closest(".alert").remove());
  };

  // <p class="counter" data-counter="id_text" data-maximum="500" data-text="{n} characters left" data-over="{n} too many">
  const setUpCounter = (counter) => {
    const input = document.getElementById(counter.dataset.counter);
    const show = () => {
      const left = Number(counter.dataset.maximum) - input.value.length;
      const text = left < 0 ? counter.dataset.over : counter.dataset.text;
      counter.textContent = text.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
      counter.classList.toggle("counter-over", left < 0);
    };
    input.addEventListener("input", show);
    show();
  };

  // On a phone the tabs scroll sideways: bring the current one into sight, and leave the page where it is.
  const showCurrent = (tab) => {
    const row = tab.closest("ul");
    if (row.scrollWidth <= row.clientWidth) return;
    const [inner, outer] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  };

  const setUp = (root) => {
    root.querySelectorAll("[data-copy]").forEach(setUpCopy);
    root.querySelectorAll("[data-dismiss]").forEach(setUpDismiss);
    root.querySelectorAll("[data-counter]").forEach(setUpCounter);
    root.querySelectorAll(".side-nav [aria-current], .tabs [aria-current]").forEach(showCurrent);
    const summary = root.querySelector(".error-summary");
    if (summary) summary.focus();
  };
  setUp(document);
  // Parts that htmx brings in get the same helps.
  document.addEventListener("htmx:load", (event) => {
    if (event.target !== document.body) setUp(event.target);
  });
})();
