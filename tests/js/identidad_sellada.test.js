// El sobre que sólo abre la oficina, con los mismos vectores que corre Python.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { deB64 } from "../../static/js/bytes.js";
import { abrirIdentidad, sellarIdentidad } from "../../static/js/sellado.js";

const vectores = JSON.parse(
  readFileSync(new URL("../../recoleccion/protocolo/vectores/identidad.json", import.meta.url), "utf-8"),
);
/** @param {string} privada */
const importar = (privada) =>
  crypto.subtle.importKey("pkcs8", deB64(privada), { name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);

for (const { nombre, privada, id, sobre, identidad } of vectores) {
  test(`identidad: ${nombre}`, async () => {
    const abierta = importar(privada).then((llave) => abrirIdentidad(sobre, id, llave));
    if (identidad === null) await assert.rejects(abierta);
    else assert.deepEqual(await abierta, identidad);
  });
}

test("lo que sella el teléfono se abre con su id y con ningún otro, y mide lo mismo con nombre corto o largo", async () => {
  const { privada, publica, id } = vectores[0];
  const llave = await importar(privada);
  const ana = { nombre: "Ana Núñez", telefono: null };
  const sobre = await sellarIdentidad(ana, id, publica);
  assert.deepEqual(await abrirIdentidad(sobre, id, llave), ana);
  await assert.rejects(abrirIdentidad(sobre, id.replace("0", "1"), llave));
  const larga = await sellarIdentidad({ nombre: "María de la Luz Íñiguez Castañeda", telefono: "3781234567" }, id, publica);
  assert.equal(larga.length, sobre.length);
  assert.notEqual(await sellarIdentidad(ana, id, publica), sobre);
});
