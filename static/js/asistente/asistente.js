// Ayuda chica para las páginas de asistentes: todo funciona también sin este archivo.
// Nada se guarda en el teléfono: ni cookie, ni almacenamiento, ni worker.

import { crear } from "../encuesta/boton.js";
import "../encuesta/sola.js";
import { escuchar } from "../encuesta/voz.js";

const ESPERA_MS = 15_000;
const REINTENTO_MS = 5_000;
const TRES_ESC_MS = 2_000;

/** Borra lo escrito y lo que se ve antes de pedir nada: con mala señal la página tardaría en irse. @param {string} destino */
function salir(destino) {
  for (const formulario of document.forms) formulario.reset();
  document.title = "";
  document.body.replaceChildren();
  location.replace(destino);
}

addEventListener("click", (evento) => {
  const enlace = evento.target instanceof Element && evento.target.closest("a[data-salir]");
  if (!(enlace instanceof HTMLAnchorElement)) return;
  evento.preventDefault();
  salir(enlace.href);
});

/** @type {number[]} */
let pulsos = [];
addEventListener("keydown", (evento) => {
  const enlace = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-salir]"));
  if (evento.key !== "Escape" || !enlace) return void (pulsos = []);
  pulsos = [...pulsos, evento.timeStamp].filter((t) => evento.timeStamp - t < TRES_ESC_MS);
  if (pulsos.length >= 3) salir(enlace.href);
});

// «Atrás» no debe mostrar lo que alguien más escribió.
addEventListener("pageshow", (evento) => {
  if (evento.persisted) location.reload();
});

function leerEncuesta() {
  /** @type {HTMLElement | null} */
  const caja = document.querySelector("[data-encuesta]");
  if (caja) escuchar(caja);
}
leerEncuesta();

/** Pone la respuesta en esta misma entrada del historial: el formulario lleno no queda atrás.
 * @param {Response} respuesta @param {string} html */
function mostrar(respuesta, html) {
  // Sus estilos son otros, y la política de esta página no los admite: ya tiene los que hacen falta.
  const nueva = new DOMParser().parseFromString(html.replace(/<style.*?<\/style>/s, ""), "text/html");
  const principal = nueva.querySelector("main[data-registro]");
  if (!principal || new URL(respuesta.url).origin !== location.origin) return false; // portal de la red, no nosotros
  document.querySelector("main")?.replaceWith(principal);
  document.title = nueva.title;
  history.replaceState(null, "", respuesta.headers.get("content-location") ?? respuesta.url);
  scrollTo(0, 0);
  /** El primer error, en su campo; si no hay, el título. @type {HTMLElement | null} */
  const foco = principal.querySelector("[autofocus]") ?? principal.querySelector(".f-error, h1");
  if (foco && !foco.hasAttribute("autofocus")) foco.tabIndex = -1;
  foco?.focus();
  leerEncuesta();
  dispatchEvent(new Event("pagina"));
  const espera = /** @type {HTMLElement | null} */ (principal.querySelector("[data-espera]"));
  if (espera) import(String(espera.dataset.espera));
  return true;
}

/** @param {HTMLFormElement} formulario @param {URLSearchParams} datos */
async function mandar(formulario, datos) {
  const respuesta = await fetch(formulario.action, {
    method: "POST",
    body: datos,
    headers: { prefer: "return=representation" },
    cache: "no-store",
    credentials: "omit",
    signal: AbortSignal.timeout?.(ESPERA_MS),
  });
  if (respuesta.status >= 500) throw new Error("servidor");
  if (!mostrar(respuesta, await respuesta.text())) throw new Error("no es nuestra página");
}

/** @param {HTMLFormElement} formulario @param {string} texto */
function decir(formulario, texto) {
  /** @type {HTMLElement | null} */
  let aviso = formulario.querySelector("[data-envio]");
  if (!aviso) {
    aviso = crear("p", "envio");
    aviso.dataset.envio = "";
    aviso.setAttribute("role", "status");
    formulario.append(aviso);
  }
  aviso.textContent = texto;
}

const enEspera = () => new Promise((listo) => {
  addEventListener("online", listo, { once: true });
  setTimeout(listo, REINTENTO_MS);
});

const enviando = new WeakSet();
addEventListener("submit", async (evento) => {
  const formulario = /** @type {HTMLFormElement} */ (evento.target);
  if (formulario.method !== "post") return;
  evento.preventDefault();
  if (enviando.has(formulario)) return;
  enviando.add(formulario);
  decir(formulario, "Enviando…");
  while (formulario.isConnected) {
    try {
      // Se lee en cada intento: si corrigió algo mientras esperaba, va lo último. El id es el mismo.
      const datos = /** @type {any} */ (new FormData(formulario)); // ningún campo es un archivo
      await mandar(formulario, new URLSearchParams(datos));
    } catch {
      decir(formulario, "No hay señal. Lo que escribió sigue aquí; lo volvemos a intentar solos. No cierre la página.");
      await enEspera();
    }
  }
});
