// Los tipos que sólo se contestan en un teléfono de la oficina: ubicación y código.

import { LARGO, corto, decimal, enUnaLinea, lectores, lectoresDeVarios, no } from "./lectura.js";

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

lectores.punto = punto;
lectoresDeVarios.codigo = ([escrito = ""]) => corto(enUnaLinea(escrito), LARGO);
