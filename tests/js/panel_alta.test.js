import assert from "node:assert/strict";
import { test } from "node:test";

import { novedad } from "../../static/js/panel/alta.js";

test("mientras nadie usa el código no hay nada que decir", () => {
  assert.equal(novedad({ telefono: null, vencida: false }), null);
  assert.equal(novedad({}), null);
});

test("al entrar el teléfono se dice cuál, aunque después venza", () => {
  assert.match(novedad({ telefono: "Moto", vencida: true }) ?? "", /se agregó «Moto»/);
});

test("a los diez minutos se dice que ya no sirve", () => {
  assert.match(novedad({ telefono: null, vencida: true }) ?? "", /ya no sirve/);
});
