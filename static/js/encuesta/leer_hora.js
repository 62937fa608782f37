// Una hora escrita.

import { lectores, no } from "./lectura.js";

const HORA = /^([01]?\d|2[0-3])[:.]([0-5]\d)(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** @param {string} escrito */
function hora(escrito) {
  const partes = HORA.exec(escrito) ?? no("Escriba la hora de 0 a 24, como 09:30 o 16:45.");
  return `${partes[1].padStart(2, "0")}:${partes[2]}`;
}

lectores.hora = hora;
