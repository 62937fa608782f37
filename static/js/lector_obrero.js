// El que decodifica, en su propio hilo. Recibe cuadros, contesta textos; no guarda nada.
// Se carga desde /campo/lector.js para quedar dentro del alcance del service worker.

import { prepareZXingModule, readBarcodes } from "../vendor/lector.js";

const wasm = new URL("../vendor/zxing_reader.wasm", import.meta.url).href;
prepareZXingModule({ overrides: { locateFile: () => wasm } });

/** @type {import("zxing-wasm/reader").ReaderOptions} */
const OPCIONES = { formats: ["QRCode"], tryHarder: true, tryRotate: true, tryInvert: false, maxNumberOfSymbols: 1 };

addEventListener("message", async (mensaje) => {
  /** @type {{n: number, imagen: ImageData}} */
  const { n, imagen } = mensaje.data;
  try {
    const [hallado] = await readBarcodes(imagen, OPCIONES);
    postMessage({ n, texto: hallado?.text ?? null });
  } catch {
    postMessage({ n, texto: null, falla: true });
  }
});
