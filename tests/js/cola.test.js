// La cola entera sobre IndexedDB de mentiras contra un servidor modelo: se inventan días malos y al final se cuenta.
// JORNADA_CORRIDAS dice cuántos (5,000 es la prueba completa); JORNADA_SEMILLA empieza por otra parte.
import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import { PASOS } from "./modelo/corridas.mjs";
import { DEFECTOS } from "./modelo/defectos.mjs";

const CORRIDAS = Number(process.env.JORNADA_CORRIDAS ?? 2_000);
const SEMILLA = Number(process.env.JORNADA_SEMILLA ?? 20261125);
const PARA_UN_DEFECTO = 1_000;
const OBREROS = Math.min(4, availableParallelism());

/** @param {{defecto?: string, corridas: number, semilla: number}} encargo @returns {Promise<any>} */
function encargar(encargo) {
  return new Promise((listo, falla) => {
    const obrero = new Worker(new URL("./modelo/corridas.mjs", import.meta.url), { workerData: encargo });
    obrero.on("message", ({ dicho, error }) => (error ? falla(new Error(error)) : listo(dicho)));
    obrero.on("error", falla);
  });
}

test(`${CORRIDAS} corridas de ${PASOS} pasos: nada perdido, nada doble, y al mes no queda nada`, async (t) => {
  const desde = performance.now();
  const corridas = Math.ceil(CORRIDAS / OBREROS);
  const sumas = await Promise.all(Array.from({ length: OBREROS }, (_, i) => encargar({ corridas, semilla: SEMILLA + i })));
  const total = (/** @type {string} */ que) => sumas.reduce((suma, uno) => suma + uno[que], 0);
  const segundos = ((performance.now() - desde) / 1000).toFixed(1);
  t.diagnostic(
    `${corridas * OBREROS} corridas: ${total("personas")} registros guardados, ${total("envios")} envíos, ${total("muertes")} muertes a media ` +
      `instrucción, ${total("respaldos")} respaldos; 0 perdidos, 0 dobles, ${segundos} s, semilla ${SEMILLA}`,
  );
  assert.ok(total("personas") > CORRIDAS * 5 && total("muertes") > CORRIDAS, "el modelo casi no hace nada: no prueba nada");
});

for (const { nombre, da } of DEFECTOS) {
  test(`defecto plantado que salta (${da}): ${nombre}`, async (t) => {
    const { salto, corridas } = await encargar({ defecto: nombre, corridas: PARA_UN_DEFECTO, semilla: SEMILLA });
    assert.ok(salto, "nadie lo notó");
    t.diagnostic(`saltó en la corrida ${corridas}`);
  });
}
