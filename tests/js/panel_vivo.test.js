import assert from "node:assert/strict";
import { test } from "node:test";

import { pintar, valor } from "../../static/js/panel/vivo.js";

const DATOS = { total: 8, por_sexo: { M: 6, H: 2 }, frases: { personas: "8 personas" } };

/**
 * @param {string} nombre
 * @param {string} camino
 */
function lugar(nombre, camino) {
  let texto = "antes";
  let escrituras = 0;
  /** @type {Record<string, string>} */
  const atributos = { [nombre]: camino };
  return {
    get textContent() { return texto; },
    set textContent(nuevo) { texto = nuevo; escrituras += 1; },
    get escrituras() { return escrituras; },
    atributos,
    getAttribute: (/** @type {string} */ a) => atributos[a] ?? null,
    setAttribute: (/** @type {string} */ a, /** @type {string} */ v) => { atributos[a] = v; },
  };
}

test("un camino que no existe no es un error", () => {
  assert.equal(valor(DATOS, "por_sexo.M"), 6);
  assert.equal(valor(DATOS, "por_sexo.X"), undefined);
  assert.equal(valor(null, "a.b"), undefined);
});

test("pinta lo que llegó, deja lo demás y no reescribe lo que no cambió", () => {
  const frase = lugar("data-vivo", "frases.personas");
  const ajeno = lugar("data-vivo", "frases.nada");
  const barra = lugar("data-barra", "por_sexo.M");
  const zona = {
    querySelectorAll: (/** @type {string} */ s) => (s === "[data-vivo]" ? [frase, ajeno] : [barra]),
  };
  pintar(/** @type {any} */ (zona), DATOS);
  pintar(/** @type {any} */ (zona), DATOS);
  assert.equal(frase.textContent, "8 personas");
  assert.equal(frase.escrituras, 1);
  assert.equal(ajeno.textContent, "antes");
  assert.equal(barra.atributos.width, "75%");
});
