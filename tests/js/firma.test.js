// Lo que firma el teléfono, con los mismos vectores que comprueba el servidor.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { deB64 } from "../../static/js/bytes.js";
import { exportarLlave, firmar, nuevaLlave, porFirmar } from "../../static/js/sellado.js";

const vectores = JSON.parse(
  readFileSync(new URL("../../recoleccion/protocolo/vectores/firma.json", import.meta.url), "utf-8"),
);
const P256 = { name: "ECDSA", namedCurve: "P-256" };

/** @param {{llave: string, id: string, sobre: string, firma: string}} vector */
async function vale({ llave, id, sobre, firma }) {
  const publica = await crypto.subtle.importKey("raw", deB64(llave), P256, true, ["verify"]);
  return crypto.subtle.verify({ ...P256, hash: "SHA-256" }, publica, deB64(firma), porFirmar(id, sobre));
}

for (const vector of vectores) {
  test(`firma: ${vector.nombre}`, async () => assert.equal(await vale(vector), vector.vale));
}

test("lo que firma el teléfono mide 64 bytes y se comprueba con su llave pública", async () => {
  const { privateKey, publicKey } = await nuevaLlave();
  const [id, sobre] = ["id", "sobre"];
  const firma = await firmar(privateKey, id, sobre);
  assert.equal(deB64(firma).length, 64);
  const llave = await exportarLlave(publicKey);
  assert.equal(deB64(llave).length, 65);
  assert.ok(await vale({ llave, id, sobre, firma }));
  assert.ok(!(await vale({ llave, id, sobre: "otro", firma })));
});

test("la llave privada no se puede sacar del navegador", async () => {
  const { privateKey } = await nuevaLlave();
  assert.equal(privateKey.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", privateKey));
});
