import assert from "node:assert/strict";
import { test } from "node:test";

import { enviarTodo } from "../../static/js/sincronizar.js";

/**
 * Una cola en memoria y un servidor que decide por id.
 * @param {number} n
 * @param {(ids: string[]) => {estado: number, tipo: string | null, cuerpo: string}} servidor
 */
function armar(n, servidor) {
  /** @type {Map<string, EnCola>} */
  const cola = new Map();
  for (let i = 0; i < n; i++) {
    cola.set(`r${i}`, { id: `r${i}`, sobre: "A".repeat(1400), evento: "e", estado: "guardado", intentos: 0 });
  }
  /** @type {string[][]} */
  const pedidos = [];
  return {
    cola,
    pedidos,
    puertos: {
      pendientes: async () => [...cola.values()].filter(({ estado }) => estado === "guardado"),
      asentar: async (/** @type {Map<string, Destino>} */ destinos) => {
        for (const [id, destino] of destinos) cola.set(id, { .../** @type {EnCola} */ (cola.get(id)), ...destino });
      },
      mandar: async (/** @type {string} */ cuerpo) => {
        const ids = JSON.parse(cuerpo).registros.map((/** @type {{id: string}} */ r) => r.id);
        pedidos.push(ids);
        return servidor(ids);
      },
      anotar: async () => {},
      epoca: async () => "e1",
      hora: () => "2026-11-23T17:00:00.000-06:00",
      reloj: () => 0,
      app: "prueba",
    },
  };
}

const acusar = (/** @type {string[]} */ ids, estado = "aceptado") => ({
  estado: 200,
  tipo: "application/json",
  cuerpo: JSON.stringify({ version: 1, epoca: "e1", hora_servidor: "x", acuses: ids.map((id) => ({ id, estado })) }),
});
const estados = (/** @type {Map<string, EnCola>} */ cola) => [...cola.values()].map(({ estado }) => estado);

test("mil doscientos registros se mandan en tres lotes y quedan enviados", async () => {
  const { cola, pedidos, puertos } = armar(1200, acusar);
  const resultado = await enviarTodo(puertos);
  assert.deepEqual(resultado, { motivo: "al_dia", enviados: 1200, apartados: 0, quedan: 0 });
  assert.equal(pedidos.length, 3);
  assert.ok(estados(cola).every((estado) => estado === "enviado"));
});

test("un registro malo entre cien se encuentra partiendo y se aparta solo", async () => {
  const { cola, puertos } = armar(100, (ids) =>
    ids.includes("r37") ? { estado: 413, tipo: "text/html", cuerpo: "" } : acusar(ids),
  );
  assert.deepEqual(await enviarTodo(puertos), { motivo: "al_dia", enviados: 99, apartados: 1, quedan: 0 });
  assert.equal(cola.get("r37")?.estado, "apartado");
});

test("sin señal a media cola se conserva lo que falta y no se insiste", async () => {
  let vez = 0;
  const { cola, pedidos, puertos } = armar(900, (ids) => (vez++ ? { estado: 0, tipo: null, cuerpo: "" } : acusar(ids)));
  const resultado = await enviarTodo(puertos);
  assert.equal(resultado.motivo, "sin_red");
  assert.equal(pedidos.length, 2);
  assert.equal(resultado.enviados + resultado.quedan, 900);
  assert.equal(estados(cola).filter((estado) => estado === "guardado").length, resultado.quedan);
});

test("un portal cautivo o una llave vencida no tocan la cola", async () => {
  for (const [respuesta, motivo] of /** @type {const} */ ([
    [{ estado: 200, tipo: "text/html", cuerpo: "<html>" }, "portal"],
    [{ estado: 401, tipo: "application/json", cuerpo: '{"version":1}' }, "entrar"],
  ])) {
    const { cola, puertos } = armar(3, () => respuesta);
    assert.equal((await enviarTodo(puertos)).motivo, motivo);
    assert.deepEqual(estados(cola), ["guardado", "guardado", "guardado"]);
  }
});

test("un lote acusado a medias deja el resto para la siguiente", async () => {
  const { cola, puertos } = armar(3, (ids) => acusar(ids.filter((id) => id !== "r1")));
  const resultado = await enviarTodo(puertos);
  assert.deepEqual([resultado.motivo, resultado.quedan], ["servidor", 1]);
  assert.equal(cola.get("r1")?.estado, "guardado");
});

test("sin nada que mandar no se hace ninguna petición", async () => {
  const { pedidos, puertos } = armar(0, acusar);
  assert.equal((await enviarTodo(puertos)).motivo, "al_dia");
  assert.equal(pedidos.length, 0);
});
