/** Qué quiere decir lo que se teclea en la rejilla. Sin página, para probarlo en Node. El servidor decide de todos modos. */

/**
 * Con qué letra se escoge cada opción de una lista.
 * @param {{options: Iterable<{value: string, dataset: DOMStringMap}>}} lista
 * @returns {Map<string, string>}
 */
export function clavesDe(lista) {
  /** @type {Map<string, string>} */
  const claves = new Map();
  for (const opcion of lista.options) if (opcion.dataset.letra) claves.set(opcion.dataset.letra, opcion.value);
  return claves;
}

/** Dos números o una N: no hay nada más que esperar. De menos de diez años, o de cien en adelante, se pasa con Tab. @param {string} texto */
export function edadCompleta(texto) {
  return /^(?:[1-9]\d|n)$/i.test(texto.trim());
}

/** @param {string} texto */
export function telefonoCompleto(texto) {
  return /^(?:\D*\d){10}$/.test(texto);
}

/**
 * El primer lugar, antes que ``donde``, con lo mismo; -1 si ninguno. Un nombre muy corto no se compara.
 * @param {string[]} textos @param {number} donde
 */
export function repetido(textos, donde) {
  const este = llano(textos[donde] ?? "");
  return este.length > 3 ? textos.slice(0, donde).findIndex((otro) => llano(otro) === este) : -1;
}

/** @param {string} texto */
function llano(texto) {
  const sin = texto.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return (sin.match(/[a-z0-9]+/g) ?? []).sort().join(" ");
}
