// El que decodifica, en su propio hilo. Recibe cuadros, contesta textos; no guarda nada.
// Se carga desde /campo/lector.js para quedar dentro del alcance del service worker.

import { leerQr } from "./leer_qr.js";

addEventListener("message", async (mensaje) => {
  /** @type {{n: number, imagen: ImageData, afinada: boolean}} */
  const { n, imagen, afinada } = mensaje.data;
  try {
    postMessage({ n, texto: await leerQr(imagen, afinada) });
  } catch {
    postMessage({ n, texto: null, falla: true });
  }
});
