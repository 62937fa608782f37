/**
 * Llaves de acceso: entrar, confirmar y dar de alta una. Sin este módulo, o donde el navegador no las tiene, el botón no
 * aparece y se entra con la contraseña.
 */

import { aB64, deB64 } from "../bytes.js";

const OTRA_VEZ = "No se usó ninguna llave. Inténtelo otra vez, o siga con su contraseña.";
const YA_TIENE = "Este aparato ya tiene una llave de esta cuenta.";
const NO_SE_PUDO = "No se pudo pedir la llave. Recargue la página e inténtelo otra vez.";
const CADA_MS = 240_000;

/** @typedef {{challenge: string, rpId?: string, rp?: {id: string, name: string}, timeout?: number,
 *   userVerification?: string, user?: {id: string, name: string, displayName: string},
 *   pubKeyCredParams?: {type: "public-key", alg: number}[], attestation?: string,
 *   excludeCredentials?: {id: string, type: "public-key"}[], authenticatorSelection?: object}} Opciones */

/** Lo que manda el servidor, con los bytes que el navegador pide. @param {Opciones} opciones */
export function conBytes(opciones) {
  const { challenge, user, excludeCredentials, allowCredentials: _todas, ...demas } = /** @type {any} */ (opciones);
  return {
    ...demas,
    challenge: deB64(challenge),
    ...(user && { user: { ...user, id: deB64(user.id) } }),
    ...(excludeCredentials && {
      excludeCredentials: excludeCredentials.map((/** @type {{id: string}} */ una) => ({ ...una, id: deB64(una.id) })),
    }),
  };
}

/** Lo que contestó el navegador, como lo lee el servidor. @param {PublicKeyCredential} credencial */
export function enTexto(credencial) {
  const respuesta = /** @type {any} */ (credencial.response);
  const partes = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const response = Object.fromEntries(
    partes.filter((p) => respuesta[p]).map((p) => [p, aB64(new Uint8Array(respuesta[p]))]),
  );
  const { id, type } = credencial;
  return JSON.stringify({ id, rawId: aB64(new Uint8Array(credencial.rawId)), type, response });
}

/** @param {unknown} error @returns {string} lo que se dice; vacío si no hay nada que decir */
export function dicho(error) {
  const nombre = error instanceof Error ? error.name : "";
  if (nombre === "AbortError") return "";
  if (nombre === "InvalidStateError") return YA_TIENE;
  return nombre === "NotAllowedError" ? OTRA_VEZ : NO_SE_PUDO;
}

/** @param {HTMLElement} zona */
async function opciones(zona) {
  const respuesta = await fetch(zona.dataset.reto ?? "", { headers: { Accept: "application/json" } });
  if (!respuesta.ok) throw new Error(String(respuesta.status));
  return conBytes(await respuesta.json());
}

/** @param {HTMLFormElement} zona @param {PublicKeyCredential | null} credencial */
function mandar(zona, credencial) {
  if (!credencial) return;
  /** @type {HTMLInputElement} */ (zona.elements.namedItem("credencial")).value = enTexto(credencial);
  zona.submit();
}

/** @type {AbortController | null} */
let esperando = null;

/** @param {HTMLFormElement} zona */
async function pedir(zona) {
  const error = zona.querySelector("[data-llave-error]");
  const boton = zona.querySelector("button");
  error?.setAttribute("hidden", "");
  boton?.setAttribute("disabled", "");
  esperando?.abort();
  try {
    const publicKey = await opciones(zona);
    const pedida = zona.dataset.llave === "alta" ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
    mandar(zona, /** @type {PublicKeyCredential | null} */ (await pedida));
  } catch (fallo) {
    const frase = dicho(fallo);
    if (error && frase) {
      error.textContent = frase;
      error.removeAttribute("hidden");
    }
  } finally {
    boton?.removeAttribute("disabled");
  }
}

/** Que el navegador la ofrezca al tocar «Usuario», sin que nadie lo pida. @param {HTMLFormElement} zona */
async function ofrecer(zona) {
  esperando?.abort();
  esperando = new AbortController();
  const { signal } = esperando;
  try {
    const publicKey = await opciones(zona);
    if (signal.aborted) return;
    const dada = await navigator.credentials.get({ publicKey, mediation: "conditional", signal });
    mandar(zona, /** @type {PublicKeyCredential | null} */ (dada));
  } catch {
    // No escogió ninguna, o se pidió otra: el botón y la contraseña siguen ahí.
  }
}

if (typeof document !== "undefined" && typeof PublicKeyCredential === "function") {
  for (const zona of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-llave]"))) {
    if (zona.dataset.origen !== location.origin) continue;
    zona.hidden = false;
    zona.addEventListener("submit", (evento) => {
      evento.preventDefault();
      void pedir(zona);
    });
    if (zona.dataset.llave === "entrar" && (await PublicKeyCredential.isConditionalMediationAvailable?.())) {
      void ofrecer(zona);
      setInterval(() => void (esperando?.signal.aborted || ofrecer(zona)), CADA_MS); // el reto dura cinco minutos
    }
  }
}
