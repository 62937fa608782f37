// Lo que entra de otro teléfono: con su autor y su firma, una vez, sin pisar nada; y el archivo que lo lleva.

import "fake-indexeddb/auto";

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { IDBFactory } from "fake-indexeddb";

import { abrir, escribir as anotar } from "../../static/js/almacen.js";
import { asentar, guardar, pendientes, resumen, todos } from "../../static/js/cola.js";
import { loQueViaja } from "../../static/js/protocolo.js";
import { escribir, leer } from "../../static/js/rescate/archivo.js";
import { admitir, aparte, paraArchivo, paraPasar, recibir } from "../../static/js/rescate/guardar.js";
import { balanceEnPalabras } from "../../static/js/rescate/palabras.js";
import { cuantoTarda, MUCHOS, segundos } from "../../static/js/rescate/ritmo.js";
import { comoVa } from "../../static/js/panel/rescate.js";

const HOY = "2026-11-25";
/** @param {Partial<import("../../static/js/rescate/carga.js").Viajero>} [mas] */
const ajeno = (mas) => ({
  id: crypto.randomUUID(),
  sobre: Buffer.from(crypto.getRandomValues(new Uint8Array(120))).toString("base64url"),
  dispositivo: "0b8e6d2c-4a53-4c0e-9a51-8f2a4f0b7a11",
  firma: Buffer.from(crypto.getRandomValues(new Uint8Array(64))).toString("base64url"),
  ...mas,
});
const docena = () => Array.from({ length: 12 }, () => ajeno());

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

test("entran a la cola como llegaron y se mandan con lo demás", async () => {
  const bd = await abrir();
  const lote = docena();
  assert.deepEqual(await recibir(bd, lote), { nuevos: 12, estaban: 0, distintos: 0, malos: 0 });
  const porMandar = (await pendientes(bd, HOY)).map(loQueViaja);
  assert.deepEqual(new Map(porMandar.map((r) => [r.id, r])), new Map(lote.map((r) => [r.id, r])));
});

test("recibirlos otra vez, o después de enviados, no los dobla", async () => {
  const bd = await abrir();
  const lote = docena();
  await recibir(bd, lote);
  assert.deepEqual(await recibir(bd, [...lote, ajeno()]), { nuevos: 1, estaban: 12, distintos: 0, malos: 0 });
  /** @type {Map<string, Destino>} */
  const acuses = new Map(lote.map(({ id }) => [id, { estado: "enviado", codigo: null, mensaje: null }]));
  await asentar(bd, acuses, { epoca: "e1", diaServidor: HOY, dia: HOY });
  await recibir(bd, lote);
  assert.deepEqual(await resumen(bd), { guardado: 1, enviado: 12, apartado: 0 });
});

test("mismo número con otros bytes: el que estaba queda igual y el otro se guarda aparte, una vez", async () => {
  const bd = await abrir();
  const mio = { ...ajeno(), evento: "e" };
  await guardar(bd, mio);
  const otros = [ajeno({ id: mio.id }), { ...loQueViaja(mio), firma: ajeno().firma }];
  assert.deepEqual(await recibir(bd, otros), { nuevos: 0, estaban: 0, distintos: 2, malos: 0 });
  assert.deepEqual(await recibir(bd, otros), { nuevos: 0, estaban: 2, distintos: 0, malos: 0 });
  assert.deepEqual((await todos(bd)).map(loQueViaja), [loQueViaja(mio)]);
  assert.equal((await aparte(bd)).length, 2);
  assert.equal((await paraArchivo(bd)).length, 3); // el archivo los lleva los tres: la titular decide
});

test("lo que no es un registro no entra, y no impide que entren los demás", async () => {
  const bd = await abrir();
  const malos = [null, 3, [], {}, { id: "x", sobre: "y" }, ajeno({ id: "../../etc" }), ajeno({ sobre: "<b>" }), ajeno({ sobre: "a".repeat(300_000) })];
  assert.deepEqual(await recibir(bd, [...malos, ajeno()]), { nuevos: 1, estaban: 0, distintos: 0, malos: malos.length });
  fc.assert(fc.property(fc.anything(), (cosa) => (admitir(cosa), true)));
});

test("sin firma no se le inventa una, ni ahora ni al volver a dar de alta este teléfono", async () => {
  const { id, sobre } = ajeno();
  const admitido = admitir({ id, sobre });
  assert.equal(admitido?.dispositivo, "no-consta");
  assert.ok(admitido.firma); // con algo escrito, el alta no la firma como suya
});

test("lo que este teléfono anota para sí no viaja ni se deja imponer", async () => {
  const bd = await abrir();
  await recibir(bd, [{ ...ajeno(), estado: "enviado", enviado_el: "2020-01-01", intentos: 99, evento: "x" }]);
  const [guardado] = await todos(bd);
  assert.deepEqual([guardado.estado, guardado.intentos, guardado.evento, guardado.enviado_el], ["guardado", 0, "", undefined]);
  const [viaja] = await paraPasar(bd);
  assert.deepEqual(Object.keys(viaja).sort(), ["dispositivo", "firma", "id", "sobre"]);
});

test("el archivo lleva lo pendiente y lo apartado; lo enviado, sólo si se pide; el orden no dice nada", async () => {
  const bd = await abrir();
  const lote = docena();
  await recibir(bd, lote);
  /** @type {[string, Destino][]} */
  const acuses = [
    [lote[0].id, { estado: "enviado", codigo: null, mensaje: null }],
    [lote[1].id, { estado: "apartado", codigo: "x", mensaje: null }],
  ];
  await asentar(bd, new Map(acuses), { epoca: "e1", diaServidor: HOY, dia: HOY });
  await anotar(bd, "ajustes", "token", "secreto");
  assert.deepEqual([(await paraPasar(bd)).length, (await paraArchivo(bd)).length, (await paraArchivo(bd, true)).length], [10, 11, 12]);
  const ids = (await paraArchivo(bd, true)).map(({ id }) => id);
  assert.deepEqual(ids, [...ids].sort());
  assert.ok(!(await escribir(await paraArchivo(bd, true), HOY)).includes("secreto"));
});

test("el archivo vuelve entero; cortado donde sea, lo que llegó entero y cuántos faltan", async () => {
  const lote = docena();
  const texto = await escribir(lote, HOY);
  assert.deepEqual(await leer(texto), { registros: lote, faltan: 0, intacto: true });
  const principio = texto.indexOf("\n") + 1;
  for (let corte = principio; corte < texto.length - 5; corte += 53) {
    const leido = await leer(texto.slice(0, corte));
    assert.ok(typeof leido === "object");
    assert.deepEqual(leido.registros, lote.slice(0, leido.registros.length));
    assert.equal(leido.faltan, 12 - leido.registros.length);
  }
  const cambiado = await leer(texto.replace(lote[3].firma, lote[4].firma));
  assert.ok(typeof cambiado === "object" && !cambiado.intacto);
});

test("un archivo ajeno, o de una versión más nueva, se reconoce", async () => {
  for (const malo of ["", "hola", "{}", '{"formato":"otro","registros":[', "[".repeat(90_000)]) assert.equal(await leer(malo), "ajeno");
  assert.equal(await leer((await escribir([], HOY)).replace('"version":1', '"version":2')), "mas_nuevo");
});

test("se dice en palabras qué pasó, cuánto tarda y cómo va la subida", () => {
  assert.equal(balanceEnPalabras({ nuevos: 12, estaban: 0, distintos: 0, malos: 0 }), "Se guardaron 12 registros de otro teléfono.");
  assert.equal(balanceEnPalabras({ nuevos: 1, estaban: 0, distintos: 0, malos: 0 }), "Se guardó 1 registro de otro teléfono.");
  assert.equal(
    balanceEnPalabras({ nuevos: 0, estaban: 1, distintos: 2, malos: 1 }),
    "No había registros nuevos. 1 ya estaba aquí. 2 se guardaron aparte. 1 no se entendió.",
  );
  assert.match(cuantoTarda(12), /^unos \d+ segundos$/);
  assert.match(cuantoTarda(2_000), /^unos \d+ minutos$/);
  assert.ok(segundos(MUCHOS) > 60);
  assert.deepEqual(comoVa(1, 4), { parte: 25, texto: "Subiendo: 25 %. No cierre esta página." });
  assert.equal(comoVa(4, 4).parte, null);
});
