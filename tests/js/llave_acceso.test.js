import assert from "node:assert/strict";
import { test } from "node:test";

import { conBytes, dicho, enTexto } from "../../static/js/panel/llave_acceso.js";

test("lo que manda el servidor llega al navegador en bytes, y lo demás igual", () => {
  const listas = conBytes({
    challenge: "AQID",
    rp: { id: "registro.ejemplo.mx", name: "Oficina" },
    user: { id: "BAU", name: "titular", displayName: "titular" },
    excludeCredentials: [{ id: "Bg", type: "public-key" }],
    userVerification: "required",
  });
  assert.deepEqual([...listas.challenge], [1, 2, 3]);
  assert.deepEqual([...listas.user.id], [4, 5]);
  assert.deepEqual([...listas.excludeCredentials[0].id], [6]);
  assert.equal(listas.userVerification, "required");
  assert.equal(listas.rp.id, "registro.ejemplo.mx");
});

test("lo que contesta el navegador viaja en base64 url, sin lo que no trae", () => {
  const bytes = (/** @type {number[]} */ ...n) => new Uint8Array(n).buffer;
  const texto = enTexto(
    /** @type {any} */ ({
      id: "_-8",
      rawId: bytes(255, 239),
      type: "public-key",
      response: { clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle: null },
    }),
  );
  assert.deepEqual(JSON.parse(texto), {
    id: "_-8",
    rawId: "_-8",
    type: "public-key",
    response: { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw" },
  });
});

test("cancelar se dice con qué hacer; dejar de esperar no se dice", () => {
  const error = (/** @type {string} */ name) => Object.assign(new Error(), { name });
  assert.match(dicho(error("NotAllowedError")), /siga con su contraseña/);
  assert.match(dicho(error("InvalidStateError")), /ya tiene una llave/);
  assert.match(dicho(error("TypeError")), /Recargue/);
  assert.equal(dicho(error("AbortError")), "");
});
