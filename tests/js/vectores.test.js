// Los vectores que Python y el teléfono comparten: la misma respuesta, la misma decisión.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { interpretarRespuesta } from "../../static/js/protocolo.js";

const leer = (/** @type {string} */ nombre) =>
  JSON.parse(readFileSync(new URL(`../../recoleccion/protocolo/vectores/${nombre}`, import.meta.url), "utf-8"));

/** @type {Record<string, string>} */
const QUE_HACE = { enviado: "borrar", apartado: "apartar" };

/** @param {Interpretacion} dicho @param {string[]} ids */
function telefono(dicho, ids) {
  return Object.fromEntries(ids.map((id) => [id, QUE_HACE[dicho.destinos.get(id)?.estado ?? ""] ?? "conservar"]));
}

/** @param {Interpretacion} dicho */
function accion(dicho) {
  if (dicho.motivo === "acuse") return "acusar";
  if (dicho.motivo === "entrar") return "reautenticar";
  return dicho.partir ? "partir" : "conservar";
}

const http = leer("http.json");
test("hay vectores de http y de decisión", () => assert.ok(http.length > 10 && leer("decision.json").length > 10));

for (const { nombre, status, content_type, body, ids, esperado } of http) {
  test(`http: ${nombre}`, () => {
    const dicho = interpretarRespuesta(status, content_type, body, ids);
    assert.deepEqual({ accion: accion(dicho), telefono: telefono(dicho, ids) }, esperado);
  });
}

for (const { nombre, esperado, telefono: hace } of leer("decision.json")) {
  test(`decisión: ${nombre}`, () => {
    const ids = Object.keys(hace);
    const cuerpo = JSON.stringify({ version: 1, epoca: "e", hora_servidor: "h", acuses: esperado });
    assert.deepEqual(telefono(interpretarRespuesta(200, "application/json", cuerpo, ids), ids), hace);
  });
}
