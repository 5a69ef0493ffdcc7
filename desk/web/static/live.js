// Follows the case of this page: what has changed is fetched, and nothing that somebody is using is replaced.
"use strict";
(() => {
  const place = document.querySelector("[data-live]");
  if (!place || !window.EventSource) return;
  let events = null;
  let again = false;
  let busy = false;

  async function look() {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Asked-By": "page" } });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const before = new Map([...document.querySelectorAll("[data-part]")].map(part => [part.dataset.part, part]));
      const after = new Map([...fresh.querySelectorAll("[data-part]")].map(part => [part.dataset.part, part]));
      const same = [...before.keys()].join() === [...after.keys()].join();
      if (!same) {
        if (!place.contains(document.activeElement)) place.replaceChildren(...fresh.querySelector("[data-live], .columns").children);
        return;
      }
      for (const [name, part] of after) {
        const old = before.get(name);
        if (old.innerHTML !== part.innerHTML && !old.contains(document.activeElement)) old.replaceWith(part);
      }
    } catch { /* The next event looks again. */ } finally {
      busy = false;
      if (again) { again = false; look(); }
    }
  }

  function follow() {
    if (events) return;
    events = new EventSource(place.dataset.live);
    events.addEventListener("changed", look);
    events.addEventListener("ended", () => location.reload());
    events.addEventListener("open", look);
  }

  function rest() {
    if (events) events.close();
    events = null;
  }

  // A browser has few connections for one desk: a page that nobody sees takes none.
  document.addEventListener("visibilitychange", () => document.hidden ? rest() : follow());
  addEventListener("pagehide", rest);
  if (!document.hidden) follow();
})();
