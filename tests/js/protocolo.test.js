import assert from "node:assert/strict";
import { test } from "node:test";

import { armarLotes, cuerpoDeLote, demora, diaDe, esperaPedida, interpretarRespuesta, MAX_BYTES } from "../../static/js/protocolo.js";

const JSON_ = "application/json; charset=utf-8";
const registros = (/** @type {number} */ n, largo = 1500) =>
  Array.from({ length: n }, (_, i) => ({ id: `00000000-0000-4000-8000-${String(i).padStart(12, "0")}`, sobre: "A".repeat(largo) }));
const acuses = (/** @type {any[]} */ lista) =>
  JSON.stringify({ version: 1, epoca: "e1", hora_servidor: "2026-11-23T17:00:00-06:00", acuses: lista });

test("un lote no pasa de 500 registros ni de un millón de bytes, y no se pierde ninguno", () => {
  const cola = registros(1700, 1487);
  const lotes = armarLotes(cola);
  assert.deepEqual(lotes.flat(), cola);
  for (const lote of lotes) {
    assert.ok(lote.length <= 500);
    const cuerpo = cuerpoDeLote(lote, { epoca: "x".repeat(64), enviadoEn: "y".repeat(40), pendientes: 99999, app: "z".repeat(64) });
    assert.ok(Buffer.byteLength(cuerpo) <= MAX_BYTES, String(cuerpo.length));
  }
  assert.ok(lotes.some((lote) => lote.length === 500 || lote.length > 400));
});

test("el tope de bytes parte antes que el de registros cuando los sobres son grandes", () => {
  const lotes = armarLotes(registros(100, 30_000));
  assert.ok(lotes.length > 2);
  assert.equal(lotes.flat().length, 100);
});

test("un registro que solo ya no cabe va solo y no detiene a los demás", () => {
  const [enorme] = registros(1, 2_000_000);
  const lotes = armarLotes([...registros(2), enorme, ...registros(2)]);
  assert.deepEqual(lotes.map((lote) => lote.length), [2, 1, 2]);
});

test("sin cola no hay lotes", () => assert.deepEqual(armarLotes([]), []));

test("aceptado y repetido son éxito; conflicto y retenido se apartan a la vista", () => {
  const dicho = interpretarRespuesta(200, JSON_, acuses([
    { id: "a", estado: "aceptado", codigo: null, mensaje: null },
    { id: "b", estado: "repetido", codigo: null, mensaje: null },
    { id: "c", estado: "retenido", codigo: "evento_desconocido", mensaje: "No conocemos ese evento." },
    { id: "d", estado: "conflicto", codigo: null, mensaje: null },
  ]), ["a", "b", "c", "d"]);
  const estados = Object.fromEntries([...dicho.destinos].map(([id, d]) => [id, d.estado]));
  assert.deepEqual(estados, { a: "enviado", b: "enviado", c: "apartado", d: "apartado" });
  assert.equal(dicho.destinos.get("c")?.mensaje, "No conocemos ese evento.");
  assert.equal(dicho.epoca, "e1");
});

test("lo que no trae acuse, lo trae raro o de otro id, se conserva", () => {
  const dicho = interpretarRespuesta(200, JSON_, acuses([
    { id: "a", estado: "tal vez" }, null, 7, { estado: "aceptado" }, { id: "ajeno", estado: "aceptado" },
  ]), ["a", "b"]);
  assert.equal(dicho.destinos.size, 0);
});

test("dos acuses que se contradicen no son un acuse", () => {
  const dicho = interpretarRespuesta(200, JSON_, acuses([
    { id: "a", estado: "aceptado" }, { id: "a", estado: "retenido" }, { id: "a", estado: "aceptado" },
  ]), ["a"]);
  assert.equal(dicho.destinos.size, 0);
});

for (const [nombre, estado, tipo, cuerpo, motivo] of /** @type {const} */ ([
  ["sin red", 0, null, "", "sin_red"],
  ["un portal cautivo que contesta 200 con HTML", 200, "text/html", "<html>Acepte los términos</html>", "portal"],
  ["un 200 con JSON que no es nuestro", 200, JSON_, '{"ok":true}', "portal"],
  ["un 200 con JSON cortado", 200, JSON_, '{"version":1,"acuses":[{"id":"a","est', "cortado"],
  ["un 200 de otra versión", 200, JSON_, '{"version":2,"acuses":[{"id":"a","estado":"aceptado"}]}', "portal"],
  ["la llave vencida", 401, JSON_, '{"version":1,"error":{}}', "entrar"],
  ["un portal que contesta 403", 403, "text/html", "", "portal"],
  ["el disco lleno", 507, JSON_, '{"version":1,"error":{}}', "servidor"],
  ["un error del servidor", 500, "text/html", "", "servidor"],
  ["un 400 que no es nuestro", 400, "text/html", "Bad Request", "portal"],
])) {
  test(`${nombre} conserva todo y no parte nada`, () => {
    const dicho = interpretarRespuesta(estado, tipo, cuerpo, ["a", "b"]);
    assert.deepEqual([dicho.motivo, dicho.destinos.size, dicho.partir], [motivo, 0, false]);
  });
}

test("un lote que no se entiende se parte; uno solo se aparta con su mensaje", () => {
  const cuerpo = '{"version":1,"error":{"codigo":"lote_invalido","mensaje":"No se entiende."}}';
  assert.equal(interpretarRespuesta(400, JSON_, cuerpo, ["a", "b"]).partir, true);
  const solo = interpretarRespuesta(400, JSON_, cuerpo, ["a"]);
  assert.equal(solo.partir, false);
  assert.deepEqual(solo.destinos.get("a"), { estado: "apartado", codigo: "lote_invalido", mensaje: "No se entiende." });
});

test("un 413 se parte aunque lo diga un intermediario, y uno solo se aparta", () => {
  assert.equal(interpretarRespuesta(413, "text/html", "", ["a", "b"]).partir, true);
  assert.equal(interpretarRespuesta(413, "text/html", "", ["a"]).destinos.get("a")?.estado, "apartado");
});

test("la espera crece hasta un tope, trae azar y no caduca", () => {
  assert.equal(demora(1, 0), 2_500);
  assert.ok(demora(1, 0.999) <= 5_000);
  assert.ok(demora(4, 0) > demora(1, 0.999));
  assert.equal(demora(1_000_000, 0), 150_000);
  assert.ok(demora(1_000_000, 0.999) <= 300_000);
});

test("Retry-After se entiende en segundos y como fecha, y lo absurdo se acota", () => {
  const ahora = Date.parse("2026-11-23T17:00:00Z");
  assert.equal(esperaPedida("120", ahora), 120_000);
  assert.equal(esperaPedida("Mon, 23 Nov 2026 17:10:00 GMT", ahora), 600_000);
  assert.equal(esperaPedida("Mon, 23 Nov 2020 17:10:00 GMT", ahora), 0);
  assert.equal(esperaPedida("99999999999", ahora), 3_600_000);
  for (const nada of [null, "", "mañana", "-5"]) assert.equal(esperaPedida(nada, ahora), 0);
});

test("el día del servidor se toma sólo si es un día", () => {
  assert.equal(diaDe("2026-11-23T17:00:00-06:00"), "2026-11-23");
  for (const malo of [null, "", "ayer", "2026-99-99T00:00:00Z"]) assert.equal(diaDe(malo), null);
});
