import assert from "node:assert/strict";
import { test } from "node:test";

import { anulacion, asistencia, conteo, contestacion, horaConZona, identidad, loQuePide, nuevoId } from "../../static/js/registro.js";

const SELLO = { id: "i", evento: "e", hora: "2026-11-23T17:04:05.123-06:00", sesgo: 1200 };
const DATOS = /** @type {const} */ ({ modo: "promotora", sexo: "M", edad: "18-29", procedencia: "rancho", aviso: 3 });

test("la hora lleva la diferencia del lugar", () => {
  const fecha = new Date("2026-11-23T23:04:05.123Z");
  assert.equal(horaConZona(fecha, 360), "2026-11-23T17:04:05.123-06:00");
  assert.equal(horaConZona(fecha, 0), "2026-11-23T23:04:05.123+00:00");
  assert.equal(horaConZona(fecha, -330), "2026-11-24T04:34:05.123+05:30");
});

test("los ids son UUID v4 también donde randomUUID no existe", () => {
  const v4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(nuevoId(), v4);
  const original = crypto.randomUUID;
  try {
    Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
    assert.match(nuevoId(), v4);
    assert.notEqual(nuevoId(), nuevoId());
  } finally {
    Object.defineProperty(crypto, "randomUUID", { value: original, configurable: true });
  }
});

test("una asistencia lleva justo lo del contrato: el nombre nunca a la vista, aunque se le dé", () => {
  const conNombre = { ...DATOS, nombre: "Ana", telefono: "3481234567" };
  assert.deepEqual(asistencia(SELLO, conNombre, "c29icmU"), {
    v: 1, id: "i", tipo: "asistencia", evento: "e", hora: SELLO.hora, sesgo_ms: 1200,
    datos: { modo: "promotora", sexo: "M", edad: "18-29", procedencia: "rancho", aviso: 3, identidad: "c29icmU", credencial: null },
  });
});

test("lo que va a sellarse de quién es va sin espacios de más, y nada si no dijo nada", () => {
  assert.deepEqual(identidad({ edad: "18-29", nombre: "  Ana   Luz ", telefono: "" }), { nombre: "Ana Luz", telefono: null });
  assert.equal(identidad({ edad: "18-29", nombre: " ", telefono: "" }), null);
});

test("de menores nunca sale nombre ni teléfono, aunque se haya escrito", () => {
  for (const edad of ["0-11", "12-17"]) assert.equal(identidad({ edad, nombre: "Ana", telefono: "3481234567" }), null);
});

test("sin la llave de la oficina no se pide nombre ni teléfono", () => {
  const evento = /** @type {EventoDelPaquete} */ ({ pide: { nombre: true, telefono: true, procedencia: true } });
  const con = (/** @type {string | null | undefined} */ clave_oficina) =>
    loQuePide(/** @type {Paquete} */ ({ clave_oficina }), evento);
  assert.deepEqual(con("BA"), { nombre: true, telefono: true, procedencia: true });
  for (const falta of [null, undefined]) assert.deepEqual(con(falta), { nombre: false, telefono: false, procedencia: true });
});

test("una contestación no lleva hora ni sesgo", () => {
  const hecha = contestacion({ id: "i", evento: "e" }, { instrumento: "antes", version: 1, ficha: null, respuestas: { K1: ["V"] } });
  assert.deepEqual([hecha.hora, hecha.sesgo_ms, hecha.tipo], [null, null, "contestacion"]);
});

test("un conteo es de una persona y una anulación sólo nombra el registro", () => {
  assert.deepEqual(conteo(SELLO, { sexo: "H", edad: "60+", aviso: 1 }).datos, { sexo: "H", edad: "60+", personas: 1, aviso: 1 });
  assert.deepEqual(anulacion(SELLO, "otro").datos, { registro: "otro" });
});
