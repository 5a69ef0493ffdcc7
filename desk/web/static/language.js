// Changes the language of a page and keeps what is typed in its forms. Without script, or where the page cannot be
// had in the other language, the link opens a new window, so that nothing typed is lost.
"use strict";
(() => {
  const is_kept = form => "kept" in form.dataset;  // Its inputs are hidden, to be sent again.
  const form_at = (form, page) => [...page.querySelectorAll("main form[method=post]")]
    .filter(one => one.getAttribute("action") === form.getAttribute("action") && is_kept(one) === is_kept(form));
  const typed_in = form => [...form.elements].filter(one => one.name
    && (one.type !== "hidden" || one.name === "once") && one.type !== "submit");
  const is_on = one => one.type === "radio" || one.type === "checkbox";

  function fill(old, fresh) {
    for (const one of typed_in(old)) {
      const same = [...fresh.elements].filter(other => other.name === one.name && other.type === one.type);
      const other = is_on(one) ? same.find(each => each.value === one.value) : same[0];
      if (!other) continue;
      if (is_on(one)) other.checked = one.checked;
      else if (one.type === "file") other.files = one.files;
      else other.value = one.value;
      const folded = other.closest("details");
      if (folded && one.closest("details[open]")) folded.open = true;
    }
  }

  async function change(link, forms) {
    const answer = await fetch(link.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const places = forms.map(form => form_at(form, fresh)[form_at(form, document).indexOf(form)]);
    if (!answer.ok || places.includes(undefined)) { open(link.href); return; }
    forms.forEach((form, place) => fill(form, places[place]));
    history.replaceState(null, "", answer.url);
    document.title = fresh.title;
    document.documentElement.lang = fresh.documentElement.lang;
    document.body.replaceChildren(...fresh.body.childNodes);
    document.querySelector("a[data-language]").focus();
  }

  document.addEventListener("click", event => {
    const link = event.target.closest("a[data-language]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const forms = [...document.querySelectorAll("main form[method=post]")]
      .filter(form => is_kept(form) || typed_in(form).some(one => one.type !== "hidden"));
    if (forms.length) change(link, forms).catch(() => open(link.href));
    else location.assign(link.href);
  });
})();
