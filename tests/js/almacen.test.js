// La base del teléfono cuando cambia de versión con registros pendientes y más de una pestaña abierta.
import assert from "node:assert/strict";
import { test } from "node:test";

import { IDBFactory, IDBKeyRange } from "fake-indexeddb";

import { abrir } from "../../static/js/almacen.js";
import { asentar, cuenta, guardar, los, marcar, pendientes, reintentar, resumen, tocaSaludar, yaPaso } from "../../static/js/cola.js";
import { juzgar, avisoDeEspacio } from "../../static/js/espacio.js";
import { baseVieja } from "./modelo/telefono.mjs";

globalThis.IDBKeyRange = IDBKeyRange;
const registro = (/** @type {string} */ id) => ({ id, sobre: `s-${id}`, evento: "e" });
const HOY = "2026-11-23";
/** @param {any} [mas] */
const dicho = (mas) => ({ epoca: "e1", diaServidor: HOY, dia: HOY, ...mas });
/** @returns {Destino} */
const enviado = () => ({ estado: "enviado", codigo: null, mensaje: null });
/** @returns {Destino} */
const apartado = () => ({ estado: "apartado", codigo: "x", mensaje: "Se guardó para revisarlo." });

/** Una conexión de la versión anterior, como la de una pestaña que no se ha cerrado. @returns {Promise<IDBDatabase>} */
function conexionVieja() {
  return new Promise((listo, falla) => {
    const peticion = indexedDB.open("jornada", 1);
    peticion.onsuccess = () => listo(peticion.result);
    peticion.onerror = () => falla(peticion.error);
  });
}

/** @param {IDBDatabase} bd @param {any} que @returns {Promise<void>} */
function meter(bd, que) {
  return new Promise((listo, falla) => {
    const tx = bd.transaction("cola", "readwrite");
    tx.objectStore("cola").put(que);
    tx.oncomplete = () => listo();
    tx.onabort = () => falla(tx.error);
  });
}

async function baseNueva() {
  globalThis.indexedDB = new IDBFactory();
  return abrir();
}

test("la base sube de versión con pendientes y no pierde ni cambia ninguno", async () => {
  const fabrica = (globalThis.indexedDB = new IDBFactory());
  await baseVieja(fabrica);
  const vieja = await conexionVieja();
  const antes = Array.from({ length: 300 }, (_, i) => ({ ...registro(`r${i}`), estado: i % 3 ? "guardado" : "enviado", intentos: i % 2 }));
  for (const uno of antes) await meter(vieja, uno);
  vieja.close();
  const bd = await abrir();
  assert.deepEqual(await resumen(bd), { guardado: 200, enviado: 100, apartado: 0 });
  const ahora = new Map([...(await los(bd, "guardado")), ...(await los(bd, "enviado"))].map((r) => [r.id, r]));
  for (const uno of antes) assert.deepEqual(ahora.get(uno.id), uno);
});

test("si otra ventana no suelta la versión anterior se avisa, se espera y al soltarla abre", async () => {
  const fabrica = (globalThis.indexedDB = new IDBFactory());
  await baseVieja(fabrica);
  const terca = await conexionVieja(); // sin onversionchange: no se entera
  let avisos = 0;
  const abriendo = abrir(() => (avisos += 1));
  let abrio = false;
  void abriendo.then(() => (abrio = true));
  await new Promise((listo) => setTimeout(listo, 50));
  assert.deepEqual([avisos, abrio], [1, false]);
  await meter(terca, { ...registro("a"), estado: "guardado", intentos: 0 }); // y mientras, sigue guardando
  terca.close();
  assert.deepEqual((await los(await abriendo, "guardado")).map(({ id }) => id), ["a"]);
});

test("cuando otra pestaña trae una versión más nueva, ésta le deja pasar y sigue guardando", async () => {
  const bd = await baseNueva();
  await guardar(bd, registro("antes"));
  const mas = await new Promise((listo, falla) => {
    const peticion = indexedDB.open("jornada", 99);
    peticion.onupgradeneeded = () => peticion.result.createObjectStore("de_despues");
    peticion.onsuccess = () => listo(peticion.result);
    peticion.onblocked = () => falla(new Error("la pestaña de antes no soltó la base"));
  });
  await guardar(bd, registro("despues"));
  assert.deepEqual((await los(bd, "guardado")).map(({ id }) => id).sort(), ["antes", "despues"]);
  assert.equal(mas.version, 99);
});

test("si el sistema cierra la conexión, lo siguiente abre otra", async () => {
  const bd = await baseNueva();
  (await bd.conexion()).close();
  assert.equal(await guardar(bd, registro("a")), true);
});

test("un trabajo que truena de inmediato no deja nada a medias", async () => {
  const bd = await baseNueva();
  await assert.rejects(guardar(bd, { ...registro("a"), sobre: /** @type {any} */ (() => {}) }, { personas: 1 }));
  assert.deepEqual([(await resumen(bd)).guardado, (await cuenta(bd, "e")).total], [0, 0]);
});

test("deshacer una credencial anota el hecho y la suelta en la misma transacción", async () => {
  const bd = await baseNueva();
  await guardar(bd, registro("a"), { personas: 1, paso: "huella" });
  assert.equal(await yaPaso(bd, "e", "huella"), true);
  await guardar(bd, registro("b"), { personas: -1, suelta: "huella" });
  assert.equal(await yaPaso(bd, "e", "huella"), false);
  assert.equal((await cuenta(bd, "e")).total, 0);
});

test("lo menos intentado va primero y lo apartado se ofrece una vez al día, al último", async () => {
  const bd = await baseNueva();
  for (const id of ["a", "b", "c"]) await guardar(bd, registro(id));
  await marcar(bd, ["a", "b"]);
  await asentar(bd, new Map([["b", apartado()]]), dicho());
  assert.deepEqual((await pendientes(bd, HOY)).map(({ id }) => id), ["c", "a"]);
  assert.deepEqual((await pendientes(bd, "2026-11-24")).map(({ id }) => id), ["c", "a", "b"]);
  await reintentar(bd, "b");
  assert.equal((await pendientes(bd, HOY)).length, 3);
});

test("otra época vuelve a ofrecer lo enviado y lo apartado, menos lo que ese mismo acuse trae", async () => {
  const bd = await baseNueva();
  for (const id of ["a", "b", "c"]) await guardar(bd, registro(id));
  assert.equal(await asentar(bd, new Map([["a", enviado()], ["b", apartado()]]), dicho()), false);
  assert.equal(await asentar(bd, new Map([["c", enviado()]]), dicho({ epoca: "e2" })), true);
  assert.deepEqual((await los(bd, "guardado")).map(({ id }) => id), ["a", "b"]);
  assert.deepEqual((await los(bd, "enviado")).map(({ id }) => id), ["c"]);
});

test("lo enviado se borra a los treinta días de los dos relojes; lo demás, nunca", async () => {
  const bd = await baseNueva();
  for (const id of ["a", "b", "c"]) await guardar(bd, registro(id));
  await asentar(bd, new Map([["a", enviado()], ["b", apartado()]]), dicho());
  await asentar(bd, new Map(), dicho({ diaServidor: "2099-01-01" })); // el del servidor se volvió loco
  await asentar(bd, new Map(), dicho({ dia: "2099-01-01" })); // el del teléfono se volvió loco
  await asentar(bd, new Map(), dicho({ diaServidor: "2026-12-23", dia: "2026-12-23" })); // justo treinta
  assert.equal((await resumen(bd)).enviado, 1);
  await asentar(bd, new Map(), dicho({ diaServidor: "2026-12-24", dia: "2026-12-24" }));
  assert.deepEqual(await resumen(bd), { guardado: 1, enviado: 0, apartado: 1 });
});

test("lo ya entregado no se aparta por una respuesta que llega tarde", async () => {
  const bd = await baseNueva();
  await guardar(bd, registro("a"));
  await asentar(bd, new Map([["a", enviado()]]), dicho());
  await asentar(bd, new Map([["a", apartado()]]), dicho());
  assert.equal((await resumen(bd)).enviado, 1);
});

test("con todo entregado se saluda una vez al día; sin nada entregado, nunca", async () => {
  const bd = await baseNueva();
  assert.equal(await tocaSaludar(bd, HOY), false);
  await guardar(bd, registro("a"));
  await asentar(bd, new Map([["a", enviado()]]), dicho());
  assert.deepEqual([await tocaSaludar(bd, HOY), await tocaSaludar(bd, "2026-11-24")], [false, true]);
});

test("el espacio se avisa antes de que falte, y si el navegador no lo dice no se inventa", () => {
  const MB = 1024 * 1024;
  assert.equal(avisoDeEspacio(juzgar({ usage: MB, quota: 1000 * MB }, true)), "");
  assert.match(avisoDeEspacio(juzgar({ usage: 90 * MB, quota: 100 * MB }, true)), /Queda poco espacio: caben unos 1,280/);
  assert.match(avisoDeEspacio(juzgar({ usage: 99 * MB, quota: 100 * MB }, false)), /Casi no hay espacio: caben unos 128 /);
  assert.match(avisoDeEspacio(juzgar({ usage: 120 * MB, quota: 100 * MB }, false)), /caben unos 0 /);
  assert.match(avisoDeEspacio(juzgar({ usage: 0, quota: 1e10 }, true, false)), /Casi no hay espacio/);
  const { nivel, caben, permanente } = juzgar(null, null);
  assert.deepEqual([nivel, caben, permanente], ["bien", null, null]);
});
