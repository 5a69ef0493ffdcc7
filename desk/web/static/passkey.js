// Has the authenticator of this browser make a passkey, or sign with one, and puts the outcome into the form.
"use strict";
(() => {
  const form = document.querySelector("form[data-passkey]");
  if (!form) return;
  const refused = document.querySelector("[data-passkey-refused]");

  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), one => one.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function sign() {
    const made = await navigator.credentials.get({ publicKey: {
      challenge: bytes(form.dataset.challenge), rpId: location.hostname, userVerification: "required" } });
    form.elements.client_data.value = text(made.response.clientDataJSON);
    form.elements.authenticator_data.value = text(made.response.authenticatorData);
    form.elements.signature.value = text(made.response.signature);
    form.submit();
  }

  async function make() {
    const made = await navigator.credentials.create({ publicKey: {
      challenge: bytes(form.dataset.challenge),
      rp: { id: location.hostname, name: document.title },
      user: { id: new TextEncoder().encode(form.dataset.user), name: form.dataset.user, displayName: form.dataset.user },
      pubKeyCredParams: [-7, -8, -257].map(alg => ({ type: "public-key", alg })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      attestation: "none" } });
    form.elements.public_key.value = text(made.response.getPublicKey());
    form.elements.public_key.focus();
  }

  // A second press while the authenticator is asked, or once the form is on its way, does nothing.
  let busy = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    refused.hidden = true;
    try {
      await (form.dataset.passkey === "make" ? make() : sign());
      busy = form.dataset.passkey !== "make";
    } catch {
      refused.hidden = false;
      busy = false;
    }
  });
})();
