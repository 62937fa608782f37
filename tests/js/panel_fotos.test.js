import assert from "node:assert/strict";
import { test } from "node:test";

import { medida, pesadas } from "../../static/js/panel/fotos.js";

test("el lado largo queda en 1,600 y la forma no cambia", () => {
  assert.deepEqual(medida(4000, 3000), [1600, 1200]);
  assert.deepEqual(medida(3000, 4000), [1200, 1600]);
  assert.deepEqual(medida(9000, 3), [1600, 1]);
});

test("una chica no se agranda", () => {
  assert.deepEqual(medida(640, 480), [640, 480]);
});

test("se dice cuál pesa de más", () => {
  const archivos = [{ name: "a.jpg", size: 20 * 1_048_576 }, { name: "b.jpg", size: 20 * 1_048_576 + 1 }];
  assert.deepEqual(pesadas(archivos, 20), ["b.jpg"]);
  assert.deepEqual(pesadas([], 20), []);
});
