// Lo que sólo se contesta en un teléfono de la oficina: un código con la cámara y la ubicación.

import { boton } from "./boton.js";

/** @typedef {(entrada: HTMLInputElement) => Node} Lector pone en un campo lo que lee la cámara; el nodo lleva su botón */

/** @param {HTMLElement} caja @param {Lector} lector */
export function ayudar(caja, lector) {
  for (const entrada of /** @type {NodeListOf<HTMLInputElement>} */ (caja.querySelectorAll("[data-codigo]"))) entrada.after(lector(entrada));
  for (const entrada of /** @type {NodeListOf<HTMLInputElement>} */ (caja.querySelectorAll("[data-punto]"))) entrada.after(ubicar(entrada));
}

/** Como si lo hubiera escrito. @param {HTMLInputElement} entrada @param {string} valor */
export function escribir(entrada, valor) {
  entrada.value = valor;
  for (const tipo of ["input", "change"]) entrada.dispatchEvent(new Event(tipo, { bubbles: true }));
}

/** @param {HTMLInputElement} entrada */
function ubicar(entrada) {
  const dicho = document.createElement("p");
  dicho.setAttribute("role", "status");
  const decir = (/** @type {string} */ texto) => void (dicho.textContent = texto);
  const tomar = boton("Tomar ubicación", "boton", () => {
    decir("Buscando…");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        escribir(entrada, `${coords.latitude.toFixed(6)} ${coords.longitude.toFixed(6)}`);
        decir(`Lista, con un margen de ${Math.round(coords.accuracy)} metros.`);
      },
      () => decir("No se pudo tomar. Puede dejarla vacía."),
      { enableHighAccuracy: true, timeout: 30_000, maximumAge: 0 },
    );
  });
  const caja = document.createElement("div");
  caja.append(tomar, dicho);
  return caja;
}
