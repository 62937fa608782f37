// Lo que corre en la página del banco: el mismo cuadro pasa por cada lector. La maneja tests/navegador/lectores.py.

import { elegirDecodificador } from "/static/js/decodificador.js";
import { ANCHO_CHICO, capturar } from "/static/js/escaner.js";
import { leerQr } from "/static/js/leer_qr.js";
import { readBarcodes } from "/static/vendor/lector.js";

const nuestro = await elegirDecodificador();
const html5 = document.createElement("div");
html5.id = "html5";
document.body.append(html5);

/** Cada uno: de qué ancho toma el cuadro y cómo lo lee. */
const LECTORES = {
  // Como va en el teléfono: en su hilo, tras pasar el QR de prueba.
  "nuestro, chico": [ANCHO_CHICO, (imagen) => nuestro.leer(imagen, true)],
  "nuestro, entero": [Infinity, (imagen) => nuestro.leer(imagen, false)],
  // Lo mismo en el hilo de la página: es el que el freno de Chromium sí frena, así que aquí se mide.
  "hilo, chico": [ANCHO_CHICO, (imagen) => leerQr(imagen, true)],
  "hilo, entero": [Infinity, (imagen) => leerQr(imagen, false)],
  "zxing de fábrica": [Infinity, async (imagen) => (await readBarcodes(imagen, { formats: ["QRCode"] }))[0]?.text],
  mentiroso: [Infinity, async () => "J1" + "0".repeat(28)], // el control: siempre dice lo mismo
};

async function conAjenos() {
  const { decodeQR, jsQR, Html5Qrcode } = await import("/ajenos.js");
  const otro = new Html5Qrcode("html5", { useBarCodeDetectorIfSupported: false });
  LECTORES.qr = [Infinity, async (imagen) => decodeQR(imagen)];
  LECTORES.jsQR = [Infinity, async (imagen) => jsQR(imagen.data, imagen.width, imagen.height)?.data];
  LECTORES["html5-qrcode"] = [Infinity, async (_, lienzo) => (await otro.qrcode.decodeAsync(lienzo)).text];
}

const BASTA_UNA_MS = 500;

/**
 * Lo que dice cada quien y en cuántos milisegundos: los menos de ``veces``, que los demás son de la máquina ocupada.
 * @param {string} direccion de un cuadro @param {string[]} nombres @param {number} veces
 * @returns {Promise<Record<string, [string | null, number]>>}
 */
async function leer(direccion, nombres, veces) {
  const foto = await createImageBitmap(await (await fetch(direccion)).blob());
  const lienzo = document.createElement("canvas");
  [lienzo.width, lienzo.height] = [foto.width, foto.height];
  lienzo.getContext("2d", { willReadFrequently: true }).drawImage(foto, 0, 0);
  const dicho = {};
  for (const nombre of nombres) {
    const [ancho, lector] = LECTORES[nombre];
    for (let vez = 0; vez < veces; vez++) {
      const imagen = capturar(foto, ancho); // cada vez otra: afinar la cambia
      const desde = performance.now();
      const texto = await lector(imagen, lienzo).catch(() => null); // hay quien lanza un error si no ve nada
      const tardo = performance.now() - desde;
      dicho[nombre] = [texto ?? null, Math.min(tardo, dicho[nombre]?.[1] ?? Infinity)];
      if (tardo > BASTA_UNA_MS) break;
    }
  }
  foto.close();
  return dicho;
}

/** Un trabajo fijo: dice si el freno de veras frena. */
function girar() {
  const desde = performance.now();
  let suma = 0;
  for (let i = 0; i < 4e7; i++) suma += i % 7;
  return suma && performance.now() - desde;
}

window.mesa = { leer, girar, conAjenos, lector: nuestro?.nombre };
