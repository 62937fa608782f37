// Inventa días malos, los vive y cuenta. Es un obrero (worker) para que las corridas usen todos los núcleos.
import assert from "node:assert/strict";
import { isMainThread, parentPort, workerData } from "node:worker_threads";

import fc from "fast-check";

import { DEFECTOS } from "./defectos.mjs";
import { Mundo } from "./mundo.mjs";
import { RED } from "./servidor.mjs";

export const PASOS = 60;

const QUE = [
  ...Array(6).fill("guardar"), "dos_toques", ...Array(5).fill("enviar"), "enviar_las_dos", ...Array(4).fill("red"),
  "morir_pronto", "morir_pronto", "reiniciar", "esperar", "dias", "reloj", "respaldar", "restaurar", "llega_lo_atrasado",
];
const paso = fc.record({
  que: fc.constantFrom("nada", ...QUE),
  telefono: fc.nat(1),
  pestana: fc.nat(1),
  n: fc.nat(30),
  red: fc.constantFrom(...Object.keys(RED)),
  mana: fc.constantFrom("normal", "normal", "normal", "normal", "normal", "ajeno", "rompe", "enorme", "tumba"),
});
const dias = fc.array(paso, { minLength: PASOS, maxLength: PASOS });
const LIMPIO = { perdidas: [], dobles: [], males: [] };

/** @param {import("./mundo.mjs").Paso[]} pasos @param {import("./mundo.mjs").Defecto | null} [defecto] */
async function vivir(pasos, defecto = null) {
  const mundo = new Mundo(defecto);
  await mundo.empezar();
  for (const uno of pasos) await mundo.dar(uno);
  await mundo.calma();
  return mundo;
}

/** @param {number} corridas @param {number} semilla */
async function limpias(corridas, semilla) {
  const suma = { personas: 0, envios: 0, muertes: 0, respaldos: 0 };
  const corrida = fc.asyncProperty(dias, async (pasos) => {
    const mundo = await vivir(pasos);
    assert.deepEqual(await mundo.cuentas(), LIMPIO);
    assert.equal(await mundo.cuantosQuedanDespuesDeUnMes(), 0);
    suma.personas += mundo.dichas.size;
    suma.envios += mundo.envios;
    suma.muertes += mundo.muertes;
    suma.respaldos += mundo.servidor.epoca - 1;
  });
  await fc.assert(corrida, { numRuns: corridas, seed: semilla });
  return suma;
}

/** @param {string} nombre @param {number} corridas @param {number} semilla */
async function plantado(nombre, corridas, semilla) {
  const defecto = DEFECTOS.find((uno) => uno.nombre === nombre);
  assert.ok(defecto, nombre);
  const corrida = fc.asyncProperty(dias, async (pasos) => {
    assert.deepEqual((await (await vivir(pasos, defecto)).cuentas())[defecto.da], []);
  });
  const { failed, numRuns } = await fc.check(corrida, { numRuns: corridas, seed: semilla, endOnFailure: true });
  return { salto: failed, corridas: numRuns };
}

if (!isMainThread) {
  const { defecto, corridas, semilla } = workerData;
  try {
    parentPort?.postMessage({ dicho: await (defecto ? plantado(defecto, corridas, semilla) : limpias(corridas, semilla)) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
}
