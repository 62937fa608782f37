// De una imagen, el texto de su QR. Corre en el hilo del lector; el banco lo mide también fuera de él.

import { prepareZXingModule, readBarcodes } from "../vendor/lector.js";

const wasm = new URL("../vendor/zxing_reader.wasm", import.meta.url).href;
prepareZXingModule({ overrides: { locateFile: () => wasm } });

/** @type {import("zxing-wasm/reader").ReaderOptions} */
const OPCIONES = { formats: ["QRCode"], tryRotate: true, tryInvert: false, maxNumberOfSymbols: 1 };
const ANCHO_DE_CAMARA = 1280;

/** @param {ImageData} imagen @param {boolean} [afinada] resaltar antes los bordes @returns {Promise<string | null>} */
export async function leerQr(imagen, afinada = false) {
  // Renglón por renglón sólo una foto, donde el código puede ser chiquito: en la cámara lee lo mismo y tarda de más.
  const opciones = { ...OPCIONES, tryHarder: imagen.width > ANCHO_DE_CAMARA };
  const [hallado] = await readBarcodes(afinada ? afinar(imagen) : imagen, opciones);
  return hallado?.text ?? null;
}

/**
 * Empareja el grano y resalta los bordes: lo borroso y lo ruidoso que ZXing no ve a secas. En gris y sobre la misma
 * imagen: cada punto es el promedio de sus vecinos (3 x 3) más tres veces lo que se aparta del de los lejanos (11 x 11).
 * @param {ImageData} imagen
 */
export function afinar(imagen) {
  const { width: ancho, height: alto, data } = imagen;
  const gris = new Uint8Array(ancho * alto);
  for (let i = 0; i < gris.length; i++) gris[i] = data[i * 4 + 1]; // el verde: casi toda la luz
  const cerca = promediar(gris, ancho, alto, 1);
  const lejos = promediar(cerca, ancho, alto, 5);
  for (let i = 0; i < gris.length; i++) {
    const nitido = 4 * cerca[i] - 3 * lejos[i];
    data[i * 4] = data[i * 4 + 1] = data[i * 4 + 2] = nitido; // el arreglo recorta a 0-255
  }
  return imagen;
}

/** Promedio de cajas de lado ``2 * radio + 1``, con sumas corridas. @param {Uint8Array} gris @param {number} ancho @param {number} alto @param {number} radio */
function promediar(gris, ancho, alto, radio) {
  const salida = new Uint8Array(gris.length);
  const columnas = new Int32Array(ancho);
  const area = (2 * radio + 1) ** 2;
  const fila = (/** @type {number} */ y) => Math.min(alto - 1, Math.max(0, y)) * ancho;
  for (let y = -radio - 1; y < radio; y++) for (let x = 0, f = fila(y); x < ancho; x++) columnas[x] += gris[f + x];
  for (let y = 0; y < alto; y++) {
    const [entra, sale] = [fila(y + radio), fila(y - radio - 1)];
    for (let x = 0; x < ancho; x++) columnas[x] += gris[entra + x] - gris[sale + x];
    let suma = 0;
    for (let x = -radio; x <= radio; x++) suma += columnas[Math.min(ancho - 1, Math.max(0, x))];
    for (let x = 0, f = y * ancho; x < ancho; x++) {
      salida[f + x] = suma / area;
      suma += columnas[Math.min(ancho - 1, x + radio + 1)] - columnas[Math.max(0, x - radio)];
    }
  }
  return salida;
}
