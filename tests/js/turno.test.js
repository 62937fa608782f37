// Quién registra en un teléfono de varias: cuándo vale su turno, cuánto se espera y qué queda en el disco.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import fc from "fast-check";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";

import { abrir, escribir, leer } from "../../static/js/almacen.js";
import { contar, contestar, registrarAsistencia } from "../../static/js/captura.js";
import { cuenta, guardar, los, olvidarCuentas, yaPaso } from "../../static/js/cola.js";
import { Promotoras } from "../../static/js/promotoras.js";
import { anulacion, asistencia, conteo, contestacion } from "../../static/js/registro.js";
import { enPalabras, espera, falta, GRACIA_MS, incompleto, intentar, malPin, nombreCorto, situacion } from "../../static/js/turno.js";

globalThis.IDBKeyRange = IDBKeyRange;
const ROSA = { cuenta: "00000000-0000-4000-8000-0000000000aa", nombre: "Rosa M.", marca: "m1" };
const LUPE = { cuenta: "00000000-0000-4000-8000-0000000000bb", nombre: "Guadalupe Í.", marca: "m2" };
const T = 1_700_000_000_000;
const MIN = 60_000;
let reloj = T;

beforeEach((t) => {
  globalThis.indexedDB = new IDBFactory();
  reloj = T;
  /** @type {any} */ (t).mock.method(Date, "now", () => reloj);
});

async function conDos() {
  const bd = await abrir();
  const ellas = new Promotoras(bd);
  await ellas.cargar();
  await ellas.agregar(ROSA, "274193");
  await ellas.agregar(LUPE, "805126");
  return { bd, ellas };
}

test("un turno vale doce horas desde que se abrió o la oficina lo confirmó, ni un instante más", () => {
  const turno = { cuenta: "a", confirmado: T, tocado: T };
  assert.equal(situacion(null, T, 0), "nadie");
  assert.equal(situacion(turno, T + GRACIA_MS - 1, 0), "abierto");
  assert.equal(situacion(turno, T + GRACIA_MS, 0), "vencido");
  assert.equal(situacion({ ...turno, confirmado: T + GRACIA_MS }, T + GRACIA_MS, 0), "abierto");
});

test("atrasar el reloj no alarga un turno; corregirlo un poco no lo cierra", () => {
  const turno = { cuenta: "a", confirmado: T, tocado: T };
  assert.equal(situacion(turno, T - 4 * MIN, 0), "abierto");
  assert.equal(situacion(turno, T - 6 * MIN, 0), "vencido");
});

test("se cierra si nadie toca el teléfono, menos el de quien prefirió no decir", () => {
  const turno = { cuenta: "a", confirmado: T, tocado: T };
  assert.equal(situacion(turno, T + 15 * MIN - 1, 15), "abierto");
  assert.equal(situacion(turno, T + 15 * MIN, 15), "ocioso");
  assert.equal(situacion(turno, T + 15 * MIN, 0), "abierto");
  assert.equal(situacion({ ...turno, cuenta: null }, T + 15 * MIN, 15), "abierto");
});

test("tres fallos no esperan; después cada uno espera más, hasta una hora", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 9, 10, 500].map(espera), [0, 0, 0, 0.5, 1, 2, 4, 32, 60, 60].map((n) => n * MIN));
});

test("moviendo el reloj como sea, nunca se espera más de una hora y fallar nunca acorta la espera", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e12, max: 1e12 }), { maxLength: 30 }), (horas) => {
      let intentos = { fallos: 0, hasta: 0 };
      for (const hora of horas) {
        const antes = espera(intentos.fallos);
        intentos = intentar(intentos, hora);
        assert.ok(falta(intentos, hora) >= antes);
        for (const otra of horas) assert.ok(falta(intentos, otra) >= 0 && falta(intentos, otra) <= 60 * MIN);
      }
    }),
  );
});

test("un PIN son seis números y no de los primeros que se prueban", () => {
  for (const malo of ["", "12345", "1234567", "27419a", "111111", "123456", "654321", "²74193"]) assert.notEqual(malPin(malo), "", malo);
  for (const bueno of ["274193", "890123", "000001", "135791"]) assert.equal(malPin(bueno), "", bueno);
  assert.deepEqual(["111111", "11111", ""].map((pin) => incompleto(pin) === ""), [true, false, false]);
});

test("del nombre se queda lo justo para reconocerse", () => {
  assert.equal(nombreCorto("  María  Guadalupe Íñiguez "), "María G.");
  assert.equal(nombreCorto("rosa íñiguez"), "rosa Í.");
  assert.equal(nombreCorto("Rosa"), "Rosa");
  assert.deepEqual([30_000, 29_001, 120_000, 3_600_000].map(enPalabras), ["30 segundos", "30 segundos", "2 minutos", "60 minutos"]);
});

test("con su PIN abre cada quien lo suyo, también después de apagar el teléfono y sin señal", async () => {
  const { bd, ellas } = await conDos();
  assert.equal(ellas.cuenta(), LUPE.cuenta);
  const otraVez = new Promotoras(bd);
  await otraVez.cargar();
  assert.deepEqual(otraVez.lista, [ROSA, LUPE].map(({ cuenta, nombre }) => ({ cuenta, nombre })));
  assert.equal(otraVez.quien(), "Guadalupe Í.");
  assert.deepEqual(await otraVez.abrir(ROSA.cuenta, "805126"), { bien: false, espera: 0 });
  assert.equal(otraVez.quien(), "Guadalupe Í.");
  assert.deepEqual(await otraVez.abrir(ROSA.cuenta, "274193"), { bien: true });
  assert.equal(otraVez.quien(), "Rosa M.");
  await otraVez.cerrar();
  assert.deepEqual([otraVez.cuenta(), otraVez.falta()], [null, true]);
  await otraVez.sinDecir();
  assert.deepEqual([otraVez.cuenta(), otraVez.falta()], [null, false]);
});

test("la espera por fallar sobrevive a apagar el teléfono, no borra nada y después el PIN bueno entra", async () => {
  const { bd, ellas } = await conDos();
  for (let i = 0; i < 3; i++) await ellas.abrir(ROSA.cuenta, "999999");
  const otra = new Promotoras(bd);
  await otra.cargar();
  assert.equal(otra.espera(ROSA.cuenta), 30_000);
  assert.deepEqual(await otra.abrir(ROSA.cuenta, "274193"), { bien: false, espera: 30_000 }, "ni el bueno, mientras se espera");
  assert.equal(otra.espera(LUPE.cuenta), 0, "la espera es de una, no de todas");
  reloj += 30_000;
  assert.deepEqual(await otra.abrir(ROSA.cuenta, "274193"), { bien: true });
  await otra.abrir(ROSA.cuenta, "999999");
  assert.equal(otra.espera(ROSA.cuenta), 0, "acertar empieza de cero la cuenta");
});

test("el intento se anota antes de mirar el PIN: apagar a media comprobación no regala intentos", async () => {
  const { bd, ellas } = await conDos();
  const pendiente = ellas.abrir(ROSA.cuenta, "999999");
  for (;;) {
    const [rosa] = await leer(bd, "ajustes", "promotoras");
    if (rosa.intentos.fallos === 1) break;
  }
  await pendiente;
});

test("quien la oficina desactivó, o cambió su contraseña, desaparece y su turno se cierra; las demás siguen", async () => {
  const { ellas } = await conDos();
  await ellas.conciliar(undefined);
  assert.equal(ellas.quien(), "Guadalupe Í.", "un servidor de antes no dice nada y nada cambia");
  reloj += 60 * MIN;
  ellas.tocar();
  await ellas.conciliar([[ROSA.cuenta, "m1"], [LUPE.cuenta, "otra marca"]]);
  assert.deepEqual([ellas.cuenta(), ellas.lista.map(({ nombre }) => nombre)], [null, ["Rosa M."]]);
  await ellas.conciliar([]);
  assert.deepEqual([ellas.lista, ellas.falta()], [[], false]);
});

test("que la oficina confirme alarga el turno abierto, y no revive el que ya venció", async () => {
  const { ellas } = await conDos();
  await ellas.ponerOcio(0);
  const vigentes = [ROSA, LUPE].map(({ cuenta, marca }) => [cuenta, marca]);
  reloj += GRACIA_MS - 1;
  await ellas.conciliar(vigentes);
  reloj += GRACIA_MS - 1;
  assert.equal(ellas.situacion(), "abierto");
  reloj += 1;
  await ellas.conciliar(vigentes);
  assert.equal(ellas.situacion(), "vencido");
});

test("usar el teléfono mantiene el turno; si ya se cerró, tocarlo no lo abre", async () => {
  const { ellas } = await conDos();
  for (let i = 0; i < 4; i++) {
    reloj += 14 * MIN;
    ellas.tocar();
  }
  assert.equal(ellas.situacion(), "abierto");
  reloj += 15 * MIN;
  ellas.tocar();
  assert.equal(ellas.situacion(), "ocioso");
});

test("en el disco no hay PIN, ni nombre, ni con qué entrar a la oficina; las llaves no se pueden sacar", async () => {
  const { bd } = await conDos();
  const { nombres, pines } = await leer(bd, "ajustes", "turno_llaves");
  assert.deepEqual([nombres.extractable, pines.extractable], [false, false]);
  const guardadas = await leer(bd, "ajustes", "promotoras");
  const todo = guardadas.map((/** @type {any} */ una) => [JSON.stringify(una), Buffer.from(una.nombre).toString("latin1")].join()).join();
  for (const secreto of ["274193", "805126", "Rosa", "Guadalupe"]) assert.ok(!todo.includes(secreto), secreto);
  assert.ok(todo.includes(ROSA.cuenta), "el control: sí se está mirando lo guardado");
  const iguales = new Promotoras(bd);
  await iguales.agregar({ ...LUPE, cuenta: "c" }, "274193");
  const comprobantes = (await leer(bd, "ajustes", "promotoras")).map((/** @type {any} */ una) => una.comprobante);
  assert.equal(new Set(comprobantes).size, 3, "dos con el mismo PIN no se parecen");
});

const SELLO = { id: "i", evento: "e", hora: "2026-11-23T17:04:05.123-06:00", sesgo: 1200 };
const DATOS = /** @type {const} */ ({ modo: "promotora", sexo: "M", edad: "18-29", procedencia: "rancho", aviso: 3 });
const RESPUESTAS = { instrumento: "antes", version: 1, ficha: null, respuestas: { K1: ["V"] } };

test("asistencia, conteo y anulación dicen quién; nada de una contestación cambia con el turno", () => {
  const con = { ...SELLO, promotora: ROSA.cuenta };
  for (const sello of [SELLO, { ...SELLO, promotora: null }]) assert.ok(!("promotora" in asistencia(sello, DATOS)));
  for (const hecho of [asistencia(con, DATOS), conteo(con, { sexo: "M", edad: "nd", aviso: 1 }), anulacion(con, "otro")]) {
    assert.equal(hecho.promotora, ROSA.cuenta);
  }
  assert.deepEqual(contestacion(con, RESPUESTAS), contestacion(SELLO, RESPUESTAS));
});

/** Lo que el teléfono sella, sin sellarlo: se intercepta el texto. @param {() => Promise<unknown>} hacer @returns {Promise<any>} */
async function loQueSella(hacer) {
  /** @type {string[]} */
  const textos = [];
  const original = JSON.stringify;
  JSON.stringify = (/** @type {any[]} */ ...a) => {
    const texto = original(.../** @type {[any]} */ (a));
    if (a[0]?.v === 1) textos.push(texto);
    return texto;
  };
  try {
    await hacer();
  } finally {
    JSON.stringify = original;
  }
  assert.equal(textos.length, 1);
  return JSON.parse(textos[0]);
}

test("del dedo al sobre: con turno abierto la asistencia lo dice y la contestación es la misma, letra por letra", async () => {
  const { bd, ellas } = await conDos();
  const par = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const punto = Buffer.from(await crypto.subtle.exportKey("raw", par.publicKey)).toString("base64url");
  const ctx = /** @type {any} */ ({
    bd, paquete: () => ({ clave_servidor: punto, clave_oficina: null, aviso: { version: 1 } }), sesgo: () => 0,
    firmante: () => null, alGuardar: () => {}, promotora: () => ellas.cuenta(),
  });
  const abierto = {
    asistencia: await loQueSella(() => registrarAsistencia(ctx, "e", "id-1", DATOS)),
    conteo: await loQueSella(() => contar(ctx, "e", { sexo: "M", edad: "nd" }, "Mujer")),
    contestacion: await loQueSella(() => contestar(ctx, "e", "id-2", RESPUESTAS)),
  };
  await ellas.cerrar();
  const cerrado = {
    asistencia: await loQueSella(() => registrarAsistencia(ctx, "e", "id-3", DATOS)),
    contestacion: await loQueSella(() => contestar(ctx, "e", "id-4", RESPUESTAS)),
  };
  assert.equal(abierto.asistencia.promotora, LUPE.cuenta);
  assert.equal(abierto.conteo.promotora, LUPE.cuenta);
  assert.equal(cerrado.asistencia.promotora, undefined);
  assert.deepEqual({ ...abierto.contestacion, id: "" }, { ...cerrado.contestacion, id: "" });
  const [una, otra] = await Promise.all(["id-2", "id-4"].map(async (id) => (await los(bd, "guardado")).find((r) => r.id === id)));
  assert.deepEqual(Object.keys(una ?? {}), Object.keys(otra ?? {}));
  assert.equal(una?.sobre.length, otra?.sobre.length);
});

test("lo que se contaba de un evento que ya no viene en el paquete se borra; lo del que sigue y lo demás no", async () => {
  const bd = await abrir();
  for (const evento of ["sigue", "se-fue"]) {
    await guardar(bd, { id: `r-${evento}`, sobre: "s", evento }, { personas: 1, celda: "M|nd", paso: "huella" });
  }
  await escribir(bd, "ajustes", "token", "D1x");
  await olvidarCuentas(bd, ["sigue"]);
  assert.deepEqual([await yaPaso(bd, "sigue", "huella"), await yaPaso(bd, "se-fue", "huella")], [true, false]);
  assert.deepEqual([(await cuenta(bd, "sigue")).total, (await cuenta(bd, "se-fue")).total], [1, 0]);
  assert.equal(await leer(bd, "ajustes", "token"), "D1x");
  assert.equal((await los(bd, "guardado")).length, 2, "lo pendiente no se toca");
});
