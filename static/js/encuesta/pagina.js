// La página de una asistente cuando su encuesta responde: se anima al llegar y cada vez que la respuesta del envío la cambia.

import { animar } from "./viva.js";

function empezar() {
  for (const caja of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("form [data-encuesta]:not([data-viva])"))) animar(caja);
}

empezar();
addEventListener("pagina", empezar);
