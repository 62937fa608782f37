// Lo escrito y no guardado vive sólo en la pantalla: antes de dejarla se pregunta.

import { boton, h } from "./dom.js";

const DONDE = ".preguntas, .kiosco";

/** ¿Hay algo escrito o marcado que se perdería? @param {ParentNode} [raiz] */
export function hayBorrador(raiz = document) {
  return [...raiz.querySelectorAll(DONDE)].some((zona) =>
    [...zona.querySelectorAll("input:not([type=hidden]), textarea, select")].some((nodo) => {
      const entrada = /** @type {HTMLInputElement} */ (nodo);
      return ["radio", "checkbox"].includes(entrada.type) ? entrada.checked : entrada.value.trim() !== "";
    }),
  );
}

/** Cerrar o recargar pregunta con las palabras del navegador; cambiar de pantalla, con las nuestras. */
export function cuidarBorrador() {
  addEventListener("beforeunload", (evento) => {
    if (hayBorrador()) evento.preventDefault();
  });
}

/** @returns {Promise<boolean>} si se deja la pantalla */
export function preguntarSiSale() {
  return new Promise((decidir) => {
    const titulo = h("h2", { id: "borrador-titulo" }, "No ha guardado lo que escribió");
    const caja = h("dialog", { class: "borrador", "aria-labelledby": titulo.id });
    const responder = (/** @type {boolean} */ sale) => boton(sale ? "Salir sin guardar" : "Seguir aquí", sale ? "boton" : "boton boton-fuerte", () => {
      decidir(sale);
      caja.close();
    });
    caja.append(titulo, h("p", null, "Si sale de esta pantalla se borra."), responder(false), responder(true));
    caja.addEventListener("close", () => {
      decidir(false); // con Escape se queda; si ya se decidió, no cambia nada
      caja.remove();
    });
    document.body.append(caja);
    caja.showModal();
  });
}
