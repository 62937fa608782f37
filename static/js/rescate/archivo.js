// El archivo de rescate (.jornada): JSON con un registro sellado por renglón. Si llega cortado, cada renglón entero vale.
// El mismo formato lo lee recoleccion/protocolo/rescate.py.

import { utf8 } from "../bytes.js";

export const FORMATO = "jornada-rescate";
const VERSION = 1;

/**
 * @param {{id: string, sobre: string}[]} registros como viajan
 * @param {string} dia AAAA-MM-DD en que se hizo
 */
export async function escribir(registros, dia) {
  const renglones = registros.map((registro) => JSON.stringify(registro));
  const cabeza = { formato: FORMATO, version: VERSION, hecho_el: dia, total: renglones.length, sha256: await resumen(renglones) };
  return `${JSON.stringify(cabeza).slice(0, -1)},"registros":[\n${renglones.join(",\n")}\n]}\n`;
}

/** De los renglones, cada uno con su salto. @param {string[]} renglones */
async function resumen(renglones) {
  const bytes = utf8(renglones.map((renglon) => `${renglon}\n`).join(""));
  const huella = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(huella, (n) => n.toString(16).padStart(2, "0")).join("");
}

/** @typedef {{registros: unknown[], faltan: number, intacto: boolean}} Leido ``faltan``: los que dice traer y no llegaron enteros */

/**
 * @param {string} texto
 * @returns {Promise<Leido | "ajeno" | "mas_nuevo">}
 */
export async function leer(texto) {
  const [primero, ...renglones] = texto.replace(/^\ufeff/, "").split(/\r?\n/);
  const cabeza = leerCabeza(primero);
  if (cabeza?.formato !== FORMATO) return "ajeno";
  if (cabeza.version !== VERSION) return "mas_nuevo";
  const enteros = [];
  const registros = [];
  for (const renglon of renglones) {
    const limpio = renglon.trim().replace(/,$/, "");
    const registro = limpio.startsWith("{") ? comoJson(limpio) : null;
    if (!registro) continue;
    enteros.push(limpio);
    registros.push(registro);
  }
  const intacto = cabeza.sha256 === (await resumen(enteros));
  return { registros, faltan: Math.max(0, Number(cabeza.total) - registros.length || 0), intacto };
}

/** @param {string} renglon */
function leerCabeza(renglon) {
  return renglon.endsWith('"registros":[') ? comoJson(`${renglon}]}`) : null;
}

/** @param {string} texto @returns {Record<string, any> | null} */
function comoJson(texto) {
  try {
    const valor = JSON.parse(texto);
    return valor && typeof valor === "object" ? valor : null;
  } catch {
    return null;
  }
}
