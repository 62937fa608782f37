// Un cuadro de la fuente, como texto de un QR: «R1», base 45 y un punto. Base 45 (RFC 9285) usa sólo el alfabeto del modo
// alfanumérico, así que ocupa 3 % más que los bytes y llega igual por cualquier lector, también el del teléfono, que
// sólo da texto. El punto cuida a un espacio que quedara al final.

import { unir } from "../bytes.js";
import { esPosible } from "./fuente.js";

/** @typedef {import("./fuente.js").Cuadro} Cuadro */

export const PREFIJO = "R1";
const FIN = ".";
const ALFABETO = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALORES = new Map([...ALFABETO].map((letra, i) => [letra, i]));
const ENCABEZADO = 14;
const CRC = 4;

/** Lo que un QR de tantas letras lleva de un bloque. @param {number} letras */
export function caben(letras) {
  const bytes = Math.floor(((letras - PREFIJO.length - FIN.length) * 2) / 3) - ENCABEZADO - CRC;
  return bytes - (bytes % 4);
}

/** @param {Cuadro} cuadro */
export function aTexto({ sesion, bloques, largo, n, bloque }) {
  const cabeza = new DataView(new ArrayBuffer(ENCABEZADO));
  cabeza.setUint32(0, sesion);
  cabeza.setUint16(4, bloques);
  cabeza.setUint32(6, largo);
  cabeza.setUint32(10, n);
  const cuerpo = unir(new Uint8Array(cabeza.buffer), bloque);
  const cola = new DataView(new ArrayBuffer(CRC));
  cola.setUint32(0, crc32(cuerpo));
  return PREFIJO + aBase45(unir(cuerpo, new Uint8Array(cola.buffer))) + FIN;
}

/** @param {string} texto lo que leyó la cámara, sea lo que sea @returns {Cuadro | null} nulo si no es un cuadro entero */
export function deTexto(texto) {
  if (!texto.startsWith(PREFIJO) || !texto.endsWith(FIN)) return null;
  const bytes = deBase45(texto.slice(PREFIJO.length, -FIN.length));
  if (!bytes || bytes.length < ENCABEZADO + CRC) return null;
  const vista = new DataView(bytes.buffer);
  const corte = bytes.length - CRC;
  if (crc32(bytes.subarray(0, corte)) !== vista.getUint32(corte)) return null;
  const cuadro = {
    sesion: vista.getUint32(0),
    bloques: vista.getUint16(4),
    largo: vista.getUint32(6),
    n: vista.getUint32(10),
    bloque: bytes.slice(ENCABEZADO, corte),
  };
  return esPosible(cuadro) ? cuadro : null;
}

/** @param {Uint8Array} bytes */
export function aBase45(bytes) {
  let texto = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const par = i + 1 < bytes.length;
    const valor = par ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    texto += ALFABETO[valor % 45] + ALFABETO[Math.floor(valor / 45) % 45];
    if (par) texto += ALFABETO[Math.floor(valor / 2025)];
  }
  return texto;
}

/** @param {string} texto @returns {Uint8Array<ArrayBuffer> | null} nulo si no es base 45 */
export function deBase45(texto) {
  if (texto.length % 3 === 1) return null;
  const bytes = new Uint8Array(Math.floor(texto.length / 3) * 2 + (texto.length % 3 ? 1 : 0));
  let donde = 0;
  for (let i = 0; i < texto.length; i += 3) {
    const letras = [...texto.slice(i, i + 3)].map((letra) => VALORES.get(letra) ?? NaN);
    const valor = letras.reduce((suma, cifra, lugar) => suma + cifra * 45 ** lugar, 0);
    if (!(valor <= (letras.length === 3 ? 0xffff : 0xff))) return null;
    if (letras.length === 3) bytes[donde++] = valor >> 8;
    bytes[donde++] = valor & 0xff;
  }
  return bytes;
}

const TABLA = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLA[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
