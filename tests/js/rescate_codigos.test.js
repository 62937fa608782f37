// Pasar registros por códigos: en cualquier orden, con pérdidas, repeticiones, basura y otra sesión revuelta, o salen
// exactamente los mismos bytes o todavía no salen; nunca otros.

import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { desempacar, empacar } from "../../static/js/rescate/carga.js";
import { aBase45, aTexto, caben, deBase45, deTexto, PREFIJO } from "../../static/js/rescate/cuadro.js";
import { crearFuente, Mesa, Receptor } from "../../static/js/rescate/fuente.js";

const CORRIDAS = Number(process.env.JORNADA_CORRIDAS_RESCATE ?? 1_500);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 3_000 });

/** Una sucesión pareja de números en [0, 1) que depende sólo de su semilla. @param {number} semilla */
function suerte(semilla) {
  let estado = semilla >>> 0;
  return () => {
    estado = (estado + 0x6d2b79f5) >>> 0;
    let t = Math.imul(estado ^ (estado >>> 15), estado | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param {string} texto @param {() => number} azar @returns {string} el texto con una letra de otra manera */
function estropear(texto, azar) {
  const donde = Math.floor(azar() * texto.length);
  return texto.slice(0, donde) + "0AZ %:"[Math.floor(azar() * 6)] + texto.slice(donde + 1);
}

test("base 45 va y vuelve, como en los ejemplos de la RFC 9285", () => {
  assert.equal(aBase45(new TextEncoder().encode("AB")), "BB8");
  assert.equal(aBase45(new TextEncoder().encode("Hello!!")), "%69 VD92EX0");
  assert.equal(aBase45(new TextEncoder().encode("base-45")), "UJCLQE7W581");
  fc.assert(fc.property(fc.uint8Array(), (datos) => assert.deepEqual(deBase45(aBase45(datos)), new Uint8Array(datos))));
  for (const malo of ["GGW", ":::", "A", "abc", "AB¡"]) assert.equal(deBase45(malo), null, malo);
});

test("cualquier texto ajeno no es un cuadro, y ninguno hace fallar", () => {
  fc.assert(
    fc.property(fc.string(), (texto) => {
      assert.equal(deTexto(texto), null);
      assert.equal(deTexto(`${PREFIJO}${texto}.`), null);
    }),
    { numRuns: 1_000 },
  );
});

test("en cualquier orden, con pérdidas, repetidos, estropeados y otra sesión: los mismos bytes o todavía no", async () => {
  let completas = 0;
  await fc.assert(
    fc.asyncProperty(bytes, bytes, fc.integer({ min: 20, max: 400 }), fc.nat(), fc.double({ min: 0, max: 0.5, noNaN: true }), async (carga, otra, porBloque, semilla, perdida) => {
      const azar = suerte(semilla);
      const [fuente, ajena] = [await crearFuente(carga, porBloque), await crearFuente(otra, porBloque)];
      const textos = [];
      for (let n = 0; n < fuente.bloques * 2 + 12; n++) {
        if (azar() >= perdida) textos.push(aTexto(fuente.cuadro(n)));
        if (azar() < 0.3) textos.push(aTexto(ajena.cuadro(n)));
        if (azar() < 0.2 && textos.length) textos.push(textos[Math.floor(azar() * textos.length)]);
        if (azar() < 0.2) textos.push(estropear(aTexto(fuente.cuadro(n)), azar));
      }
      for (let i = textos.length - 1; i > 0; i--) {
        const j = Math.floor(azar() * (i + 1));
        [textos[i], textos[j]] = [textos[j], textos[i]];
      }
      const mesa = new Mesa();
      let salio = false;
      for (const texto of textos) {
        const cuadro = deTexto(texto);
        const hecho = cuadro && (await mesa.poner(cuadro));
        if (!hecho) continue;
        const esperado = cuadro.sesion === fuente.sesion ? carga : otra;
        assert.deepEqual(hecho, new Uint8Array(esperado));
        salio ||= cuadro.sesion === fuente.sesion;
      }
      completas += Number(salio);
    }),
    { numRuns: CORRIDAS },
  );
  assert.ok(completas > CORRIDAS * 0.8, `sólo salieron completas ${completas} de ${CORRIDAS}`);
});

test("con la mitad de los cuadros perdidos bastan unos cuantos de más", async () => {
  const carga = new Uint8Array(60_000).map((_, i) => i * 31);
  const fuente = await crearFuente(carga, 400);
  let [recibidos, peor] = [0, 0];
  for (let semilla = 0; semilla < 20; semilla++) {
    const azar = suerte(semilla);
    const receptor = new Receptor(fuente.cuadro(0));
    recibidos = 0;
    for (let n = 0; !receptor.completo; n++) {
      if (azar() < 0.5) continue;
      receptor.agregar(fuente.cuadro(n));
      recibidos += 1;
    }
    assert.deepEqual(await receptor.armar(), carga);
    peor = Math.max(peor, recibidos);
  }
  assert.ok(peor <= fuente.bloques + 12, `hicieron falta ${peor} para ${fuente.bloques} bloques`);
});

test("quien llega tarde no espera la vuelta: le bastan cuadros de los siguientes", async () => {
  const carga = new Uint8Array(20_000).fill(7);
  const fuente = await crearFuente(carga, 300);
  const receptor = new Receptor(fuente.cuadro(0));
  let n = fuente.bloques * 10;
  while (!receptor.completo) receptor.agregar(fuente.cuadro(n++));
  assert.deepEqual(await receptor.armar(), carga);
  assert.ok(n - fuente.bloques * 10 < fuente.bloques + 12);
});

/** Cuadros con su suma de comprobación buena y un bloque que no es: lo que un defecto produciría. @param {Uint8Array} carga */
async function conUnBloqueCambiado(carga) {
  const fuente = await crearFuente(carga, 50);
  const malo = fuente.cuadro(1);
  malo.bloque[3] ^= 4;
  return [malo, ...Array.from({ length: fuente.bloques * 2 }, (_, n) => fuente.cuadro(n))];
}

test("un bloque cambiado que pasa todo lo demás lo detiene el SHA-256, y después se puede empezar de nuevo", async () => {
  const carga = new Uint8Array(400).map((_, i) => i);
  const cuadros = await conUnBloqueCambiado(carga);
  const mesa = new Mesa();
  const salidas = [];
  for (const cuadro of [...cuadros, ...cuadros.slice(1)]) salidas.push(await mesa.poner(/** @type {any} */ (deTexto(aTexto(cuadro)))));
  const hechas = salidas.filter((salida) => salida !== null);
  assert.deepEqual(hechas, [carga]);
});

test("control: sin el SHA-256, esa misma prueba vería salir bytes que no son", async () => {
  const carga = new Uint8Array(400).map((_, i) => i);
  const [primero, ...resto] = await conUnBloqueCambiado(carga);
  const receptor = new Receptor(primero);
  for (const cuadro of [primero, ...resto]) receptor.agregar(cuadro);
  const bueno = crypto.subtle.digest;
  crypto.subtle.digest = async () => new Uint8Array(32).map((_, i) => resto[0].bloque[i]).buffer; // el defecto: todo le cuadra
  try {
    const salio = await receptor.armar();
    assert.ok(salio);
    assert.notDeepEqual(salio, carga);
  } finally {
    crypto.subtle.digest = bueno;
  }
});

test("más de lo que cabe en una sesión se dice antes de empezar", async () => {
  await assert.rejects(crearFuente(new Uint8Array(100_000), 20), RangeError);
});

test("un cuadro llena su QR sin pasarse", async () => {
  for (const letras of [395, 758, 1249, 1853]) {
    const fuente = await crearFuente(new Uint8Array(50_000), caben(letras));
    const texto = aTexto(fuente.cuadro(fuente.bloques + 5));
    assert.ok(texto.length <= letras && texto.length > letras * 0.95, `${texto.length} de ${letras}`);
    assert.match(texto, /^[0-9A-Z $%*+\-./:]+$/);
  }
});

const hex = fc.uuid({ version: 4 });
const b64 = (/** @type {number} */ min, /** @type {number} */ max) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((datos) => Buffer.from(datos).toString("base64url"));
const registro = fc.oneof(
  fc.record({ id: hex, sobre: b64(80, 1200), dispositivo: fc.constantFrom("0b8e6d2c-4a53-4c0e-9a51-8f2a4f0b7a11", "7e4f2a80-11d2-4d7e-8a3b-0a5a3fd1f9aa"), firma: b64(64, 64) }),
  fc.record({ id: hex, sobre: b64(80, 200) }),
  fc.record({ id: fc.string(), sobre: fc.string(), dispositivo: fc.string(), firma: fc.string(), deMas: fc.jsonValue() }),
);

test("los registros vuelven idénticos de los bytes, también los raros", () => {
  fc.assert(
    fc.property(fc.array(registro, { maxLength: 12 }), (registros) => {
      assert.deepEqual(desempacar(empacar(registros)), JSON.parse(JSON.stringify(registros)));
    }),
    { numRuns: CORRIDAS },
  );
});

test("un registro de los de siempre pesa lo que su sobre y poco más", () => {
  const uno = { id: crypto.randomUUID(), sobre: Buffer.alloc(1105, 3).toString("base64url"), dispositivo: crypto.randomUUID(), firma: Buffer.alloc(64, 9).toString("base64url") };
  const diez = Array.from({ length: 10 }, () => ({ ...uno, id: crypto.randomUUID() }));
  assert.ok(empacar(diez).length < 10 * 1_200);
});

test("unos bytes cortados o de otra versión no se toman a medias", () => {
  const todo = empacar([{ id: crypto.randomUUID(), sobre: "x".repeat(100) }]);
  for (let n = 0; n < todo.length; n++) assert.throws(() => desempacar(todo.subarray(0, n)));
  assert.throws(() => desempacar(Uint8Array.of(9, 0, 0, 0, 0, 0)), RangeError);
});
