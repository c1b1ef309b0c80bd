// Refreshes the verdicts when a field is left. Everything works without it: the same page is sent
// and shown anew. Only parts marked data-live are replaced, so focus and typing stay where they are.
"use strict";
(() => {
  const form = document.querySelector("form[data-form]");
  for (const one of document.querySelectorAll(".js")) one.hidden = false;
  for (const one of document.querySelectorAll("[data-print]")) one.addEventListener("click", () => window.print());
  if (!form) return;

  const live = form.getAttribute("action");
  let dirty = false, asked = 0, timer = 0, leaving = false;

  // Once the verdict is out of sight, a strip at the top repeats it.
  const watch = new IntersectionObserver((seen) => form.classList.toggle("away", !seen[0].isIntersecting));
  watch.observe(document.getElementById("verdict"));

  // Where a link leads into something folded, it is opened first.
  const open = (target) => {
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    const target = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    open(target);
    if (target.matches("input, select, [tabindex]")) {
      event.preventDefault();
      target.focus();
      target.scrollIntoView({ block: "center" });
    }
  });

  const refresh = async () => {
    const mine = ++asked;
    let page;
    try {
      const answer = await fetch(live, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return; // The button still works, and says what is wrong.
    }
    const fresh = page.querySelector("form[data-form]");
    if (mine !== asked || !fresh || leaving) return;
    if (fresh.dataset.shape !== form.dataset.shape) {
      leaving = true;
      form.submit(); // Another version asks other questions.
      return;
    }
    show(page, fresh);
  };

  const show = (page, fresh) => {
    const active = document.activeElement;
    const before = active && active.getBoundingClientRect().top;
    for (const old of [...form.querySelectorAll("[data-live]")]) {
      const now = page.getElementById(old.id);
      if (!now || same(old, now) || (active && active !== document.body && old.contains(active))) continue;
      for (const part of old.querySelectorAll("details[open]")) {
        const again = now.querySelector("#" + CSS.escape(part.id));
        if (again) again.open = true;
      }
      now.removeAttribute("autofocus");
      for (const one of now.querySelectorAll("[autofocus]")) one.removeAttribute("autofocus");
      old.replaceWith(document.adoptNode(now));
      if (now.id === "verdict") { watch.disconnect(); watch.observe(now); }
    }
    for (const old of form.querySelectorAll("details.q")) {
      const now = page.getElementById(old.id);
      if (!now || old.contains(active)) continue;
      const folded = now.classList.contains("folded");
      if (folded !== old.classList.contains("folded")) {
        old.classList.toggle("folded", folded);
        old.open = now.open;
      }
    }
    for (const old of form.querySelectorAll("input, select")) {
      const now = old.id && page.getElementById(old.id);
      if (!now) continue;
      if (now.hasAttribute("aria-invalid")) old.setAttribute("aria-invalid", "true");
      else old.removeAttribute("aria-invalid");
    }
    const told = document.getElementById("told"), said = page.getElementById("told").dataset.said;
    if (told.dataset.said !== said) {
      told.dataset.said = said;
      told.textContent = said;
    }
    document.title = page.title;
    form.dataset.at = String(Number(form.dataset.at || 0) + 1);
    if (active && active !== document.body) window.scrollBy(0, active.getBoundingClientRect().top - before);
  };

  const same = (old, now) => {
    const bare = (one) => one.outerHTML.replace(/ (open|autofocus)=""/g, "").replace(/ autofocus/g, "");
    return bare(old) === bare(now);
  };

  form.addEventListener("change", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(refresh, 40);
  });
  form.addEventListener("input", () => { dirty = true; });

  // A second click on a chosen answer, or the Delete key, takes it back.
  let was = null;
  const radio = (at) => { const one = at.closest("label") ? at.closest("label").control : at; return one && one.type === "radio" ? one : null; };
  const back = (one) => { one.checked = false; one.dispatchEvent(new Event("change", { bubbles: true })); };
  form.addEventListener("pointerdown", (event) => {
    const one = radio(event.target);
    was = one && one.checked ? one : null;
  });
  form.addEventListener("click", (event) => {
    if (event.target === was) { was = null; back(event.target); }
  });
  form.addEventListener("keydown", (event) => {
    if (["Delete", "Backspace"].includes(event.key) && event.target.type === "radio" && event.target.checked) back(event.target);
  });

  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (dirty && !leaving) event.preventDefault();
  });
})();

// A fault of the workbench leads to its place in the text.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-line]");
  const text = document.getElementById("rules");
  if (!link || !text) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const line = Number(link.dataset.line) - 1;
  const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + Number(link.dataset.column) - 1;
  text.focus();
  text.setSelectionRange(start, start + 1);
  text.scrollTop = Math.max(0, (line - 5) * parseFloat(getComputedStyle(text).lineHeight));
});
