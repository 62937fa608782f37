// Cuánto lleva cada código y cada cuánto cambia. Sale de medir: bench/rescate.mjs.

import { plural } from "../dom.js";
import { caben } from "./cuadro.js";

/** @typedef {{version: number, letras: number}} Tamano versión del QR y letras que caben en modo alfanumérico, nivel L */

/** El de siempre, y el que se lee de lejos o con una cámara mala. @type {{normal: Tamano, grande: Tamano}} */
export const TAMANOS = { normal: { version: 20, letras: 1_249 }, grande: { version: 13, letras: 619 } };
/** Más aprisa ya no llegan más: el que lee mira unas diez veces por segundo. */
export const POR_SEGUNDO = 8;
/** Con más que éstos, el archivo es mejor camino. */
export const MUCHOS = 300;

const BYTES_POR_REGISTRO = 1_200;
/** De cada dos códigos que salen, un teléfono lento alcanza a leer uno. */
const HOLGURA = 2;
const ACOMODO_S = 3;

/** Segundos para pasar tantos registros. @param {number} registros */
export function segundos(registros) {
  const cuadros = Math.ceil((registros * BYTES_POR_REGISTRO) / caben(TAMANOS.normal.letras));
  return Math.ceil((cuadros / POR_SEGUNDO) * HOLGURA + ACOMODO_S);
}

/** «unos 8 segundos». @param {number} registros */
export function cuantoTarda(registros) {
  const s = segundos(registros);
  return s < 90 ? `unos ${s} segundos` : `unos ${plural(Math.round(s / 60), "minuto")}`;
}
