// El error de una pregunta en su lugar, como lo dibuja el servidor.

import { crear } from "./boton.js";

/** @param {HTMLElement} nodo su envoltura @param {string} nombre de su campo @param {string} frase vacía lo quita
 * @param {boolean} [alerta] si se lee en cuanto aparece */
export function ponerError(nodo, nombre, frase, alerta = true) {
  const campo = nodo.querySelector(".f-campo");
  const viejo = nodo.querySelector(".f-campo > .f-error");
  if (!campo || (viejo?.textContent ?? "") === frase) return;
  viejo?.remove();
  campo.classList.toggle("f-mal", frase !== "");
  const control = /** @type {HTMLElement | null} */ (campo.matches("fieldset") ? campo : nodo.querySelector(`[name="${CSS.escape(nombre)}"]`));
  const id = `${nombre}-error`;
  const descrito = (control?.getAttribute("aria-describedby") ?? "").split(" ").filter((otro) => otro && otro !== id);
  if (frase) {
    const parrafo = crear("p", "f-error", frase);
    parrafo.id = id;
    if (alerta) parrafo.setAttribute("role", "alert");
    (campo.querySelector(":scope > .f-ayuda") ?? campo.querySelector(":scope > legend, :scope > label"))?.after(parrafo);
    descrito.unshift(id);
  }
  poner(control, "aria-describedby", descrito.join(" "));
  const invalido = campo.matches("fieldset:not([role=radiogroup])") ? null : control;
  poner(invalido, "aria-invalid", frase && "true");
}

/** @param {HTMLElement | null} nodo @param {string} atributo @param {string} valor vacío lo quita */
function poner(nodo, atributo, valor) {
  if (valor) nodo?.setAttribute(atributo, valor);
  else nodo?.removeAttribute(atributo);
}

/** El primer lugar donde se contesta. @param {HTMLElement} nodo */
export function enfocar(nodo) {
  const controles = /** @type {NodeListOf<HTMLInputElement>} */ (nodo.querySelectorAll("input:not([type=hidden]), select, textarea, .f-orden button"));
  const visibles = [...controles].filter((control) => !control.closest("[hidden]"));
  const control = visibles.find((uno) => uno.checked) ?? visibles[0];
  control?.focus({ preventScroll: true });
  (control?.closest(".f-campo") ?? nodo).scrollIntoView({ block: "center" });
}
