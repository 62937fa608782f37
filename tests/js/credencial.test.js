import assert from "node:assert/strict";
import { test } from "node:test";

import {
  analizar, crearFiltro, huellaDePaso, normalizarFicha, normalizarFolio, verificador, verificar,
} from "../../static/js/credencial.js";

const TOKEN = "J1" + "0123456789ABCDEFGHJKMNPQRSTV";
const PALABRAS = ["LUNA", "AGUILA"];
const SAL = "c2FsLWRlLXBydWViYQ";

test("sólo se reconocen nuestros prefijos, completos", () => {
  assert.deepEqual(analizar(TOKEN), { tipo: "credencial", token: TOKEN });
  assert.deepEqual(analizar("F1LUNA-37"), { tipo: "ficha", ficha: "LUNA-37" });
  for (const ajeno of ["https://example.com", "J1CORTO", TOKEN + "X", TOKEN.toLowerCase(), "LUNA-37", "", "J1" + "U".repeat(28)]) {
    assert.deepEqual(analizar(ajeno), { tipo: "ajeno" });
  }
});

test("el mismo código calla tres segundos y otro no", () => {
  const filtro = crearFiltro();
  assert.equal(filtro(TOKEN, 0)?.tipo, "credencial");
  assert.equal(filtro(TOKEN, 2_900), null);
  assert.equal(filtro("F1LUNA-37", 3_000)?.tipo, "ficha");
  assert.equal(filtro(TOKEN, 3_100), null, "dos tarjetas juntas no hablan por turnos");
  assert.equal(filtro(TOKEN, 6_200)?.tipo, "credencial");
});

test("dos códigos ajenos distintos seguidos son el mismo silencio: no se recuerda cuál era", () => {
  const filtro = crearFiltro();
  assert.deepEqual(filtro("https://a.example", 0), { tipo: "ajeno" });
  assert.equal(filtro("https://b.example", 1_000), null);
});

test("se distinguen conocida, revocada y desconocida sin que la lista diga nada de nadie", async () => {
  const huella = await verificador(TOKEN, SAL);
  assert.equal(huella.length, 22);
  const ver = (/** @type {EntradaCredencial[]} */ lista) => verificar(TOKEN, { sal: SAL, lista });
  assert.equal((await ver([[huella, null, 0]])).situacion, "conocida");
  assert.equal((await ver([[huella, null, 1]])).situacion, "revocada");
  assert.equal((await ver([["otra", null, 0]])).situacion, "desconocida");
});

test("unos datos cifrados que no abren se vuelven a preguntar", async () => {
  const huella = await verificador(TOKEN, SAL);
  const hallazgo = await verificar(TOKEN, { sal: SAL, lista: [[huella, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 0]] });
  assert.deepEqual(hallazgo, { situacion: "conocida", datos: null });
});

test("la huella de paso cambia con el evento", async () => {
  assert.notEqual(await huellaDePaso(TOKEN, "e1"), await huellaDePaso(TOKEN, "e2"));
  assert.equal(await huellaDePaso(TOKEN, "e1"), await huellaDePaso(TOKEN, "e1"));
});

test("fichas y folios se entienden como la gente los escribe", () => {
  assert.equal(normalizarFicha("luna 37", PALABRAS), "LUNA-37");
  assert.equal(normalizarFicha("Águila-12", PALABRAS), "AGUILA-12");
  assert.equal(normalizarFicha("hola", PALABRAS), null);
  assert.equal(normalizarFicha("lunes 37", PALABRAS), null);
  assert.equal(normalizarFolio("1234 5678"), "12345678");
  assert.equal(normalizarFolio("1234567"), null);
});
