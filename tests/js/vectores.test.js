// Los vectores que Python y el teléfono comparten: la misma respuesta, la misma decisión.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

const CARPETA = new URL("../../recoleccion/protocolo/vectores/", import.meta.url);

test("hay vectores", () => assert.ok(readdirSync(CARPETA).some((nombre) => nombre.endsWith(".json"))));
