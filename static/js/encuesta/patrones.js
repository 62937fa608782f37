// Si un texto casa con un patrón, que llega como el autómata que hizo formularios/expresiones/.

import { aTexto, evaluar, raras } from "../expresiones.js";

const LETRAS = 1000; // de un texto que se compara con un patrón

/** @param {(string | number)[][]} programa @param {string} texto */
function casa(programa, texto) {
  const letras = [...texto];
  if (letras.length > LETRAS) return false;
  /** @param {number} i */
  const dePalabra = (i) => /^\w$/.test(letras[i] ?? "");
  /** @type {number[]} */
  let siguientes = [];
  for (let i = 0; i <= letras.length; i++) {
    const letra = letras[i]?.codePointAt(0) ?? -1;
    const pendientes = [0, ...siguientes];
    const vistas = new Set();
    siguientes = [];
    while (pendientes.length) {
      const aqui = /** @type {number} */ (pendientes.pop());
      if (vistas.has(aqui)) continue;
      vistas.add(aqui);
      const [que, ...datos] = /** @type {[string, ...number[]]} */ (programa[aqui]);
      if (que === "m") return true;
      if (que === "j") pendientes.push(...datos);
      else if (que === "c") {
        if (datos.some((desde, k) => k % 2 === 0 && desde <= letra && letra <= datos[k + 1])) siguientes.push(aqui + 1);
      } else if (
        que === "^" ? i === 0 : que === "$" ? i === letras.length : (dePalabra(i - 1) !== dePalabra(i)) === (que === "b")
      ) {
        pendientes.push(aqui + 1);
      }
    }
  }
  return false;
}

raras.regex = ([, a, b], contexto) => casa(b, aTexto(evaluar(a, contexto)));
