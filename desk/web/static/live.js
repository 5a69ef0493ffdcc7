// Follows the case or the list of this page: what has changed is fetched. What holds the keyboard is replaced
// once the keyboard has left it, and what holds something typed once that is sent.
"use strict";
(() => {
  // Looked for each time: in another language the page has another one.
  const place = () => document.querySelector("[data-live]");
  if (!place() || !window.EventSource) return;
  const AGAIN = 2000;  // Milliseconds until a page that could not be had is asked for again.
  let events = null;
  let again = false;
  let busy = false;
  let behind = false;

  const held = part => part.contains(document.activeElement)
    || [...part.querySelectorAll("input:not([type=hidden])")].some(one => one.value !== one.defaultValue);

  async function look() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Asked-By": "page" } });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) { setTimeout(look, AGAIN); return; }
      follow();
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const before = new Map([...document.querySelectorAll("[data-part]")].map(part => [part.dataset.part, part]));
      const after = new Map([...fresh.querySelectorAll("[data-part]")].map(part => [part.dataset.part, part]));
      const same = [...before.keys()].join() === [...after.keys()].join();
      behind = false;
      if (!same) {
        if (held(place())) behind = true;
        else place().replaceChildren(...fresh.querySelector("[data-live], .columns").children);
        return;
      }
      for (const [name, part] of after) {
        const old = before.get(name);
        if (old.innerHTML === part.innerHTML) continue;
        if (held(old)) behind = true;
        else old.replaceWith(part);
      }
    } catch { setTimeout(look, AGAIN); } finally {
      busy = false;
      if (again) { again = false; look(); }
    }
  }

  function follow() {
    if (events || document.hidden) return;
    events = new EventSource(place().dataset.live);
    events.addEventListener("changed", look);
    events.addEventListener("ended", () => location.reload());
    events.addEventListener("open", look);
    // A browser connects again by itself, but not where it was answered that nobody is there: then once the
    // page can be had again.
    events.addEventListener("error", () => {
      if (!events || events.readyState !== EventSource.CLOSED) return;
      events = null;
      setTimeout(look, AGAIN);
    });
  }

  function rest() {
    if (events) events.close();
    events = null;
  }

  document.addEventListener("focusout", () => { if (behind) setTimeout(look); });

  // A browser has few connections for one desk: a page that nobody sees takes none.
  document.addEventListener("visibilitychange", () => document.hidden ? rest() : follow());
  addEventListener("pagehide", rest);
  follow();
})();
