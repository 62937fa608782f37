// Una encuesta en el teléfono prestado: una pregunta por pantalla, con todo lo que un teléfono de la oficina puede.

import "./sola.js";
import "./todo_vivo.js";
import { ayudar } from "./personal.js";
import { animar } from "./viva.js";
import { escuchar } from "./voz.js";

/** @param {HTMLElement} caja @param {import("./personal.js").Lector} lector @param {import("./viva.js").Modo} modo */
export function prestar(caja, lector, modo) {
  ayudar(caja, lector);
  escuchar(caja);
  return animar(caja, { ...modo, personal: true, porPantalla: true, sinRegreso: true });
}
