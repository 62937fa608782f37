// Los tipos que pocas encuestas usan: hora, ubicación y código.

import { LARGO, corto, decimal, enUnaLinea, lectores, lectoresDeVarios, no } from "./lectura.js";

const HORA = /^([01]?\d|2[0-3])[:.]([0-5]\d)(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** @param {string} escrito */
function hora(escrito) {
  const partes = HORA.exec(escrito) ?? no("Escriba la hora de 0 a 24, como 09:30 o 16:45.");
  return `${partes[1].padStart(2, "0")}:${partes[2]}`;
}

/** Los teléfonos dan más cifras de las que significan algo: seis decimales son 10 cm. @param {string} escrito */
function punto(escrito) {
  const partes = escrito.replaceAll(",", " ").split(" ").filter(Boolean);
  try {
    const numeros = partes.map((parte) => decimal(parte.replace(/(\.\d{6})\d+$/, "$1")));
    const [latitud, longitud] = numeros.map((numero) => Math.abs(Number(numero)));
    if (numeros.length >= 2 && numeros.length <= 4 && latitud <= 90 && longitud <= 180) return numeros.join(" ");
  } catch {
    // se dice igual
  }
  return no("Esa ubicación no se entiende. Tómela de nuevo o déjela vacía.");
}

Object.assign(lectores, { hora, punto });
lectoresDeVarios.codigo = ([escrito = ""]) => corto(enUnaLinea(escrito), LARGO);
