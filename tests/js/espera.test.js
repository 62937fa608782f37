// La cuenta que hace el teléfono mientras espera: que sea SHA-256 de verdad, el mismo que revisa el servidor.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import fc from "fast-check";

Object.assign(globalThis, { addEventListener: () => {}, document: { querySelector: () => null } });
const { inicio } = await import("../../static/js/asistente/espera.js");

/** @param {string} texto */
const deVeras = (texto) => createHash("sha256").update(texto).digest().readInt32BE();

test("los primeros 32 bits son los de SHA-256", () => {
  assert.equal(inicio("abc") >>> 0, 0xba7816bf);
  assert.equal(inicio("") >>> 0, 0xe3b0c442);
  const letras = fc.string({ unit: fc.constantFrom(..."ABCxyz019-_."), maxLength: 55 });
  fc.assert(fc.property(letras, (texto) => inicio(texto) === deVeras(texto)));
});

test("el control: una letra de más ya es otra", () => {
  assert.notEqual(inicio("abc"), deVeras("abcd"));
});
