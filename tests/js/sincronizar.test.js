import assert from "node:assert/strict";
import { test } from "node:test";

import { crearSincronizador, enviarTodo, memoriaNueva } from "../../static/js/sincronizar.js";

/**
 * Una cola en memoria y un servidor que decide por id.
 * @param {number} n
 * @param {(ids: string[]) => import("../../static/js/sincronizar.js").Respuesta} servidor
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
      pendientes: async () =>
        [...cola.values()].filter(({ estado }) => estado === "guardado").sort((a, b) => a.intentos - b.intentos),
      tocaSaludar: async () => false,
      marcar: async (/** @type {string[]} */ ids) => {
        for (const id of ids) /** @type {EnCola} */ (cola.get(id)).intentos += 1;
      },
      asentar: async (/** @type {Map<string, Destino>} */ destinos) => {
        for (const [id, destino] of destinos) cola.set(id, { .../** @type {EnCola} */ (cola.get(id)), ...destino });
        return false;
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
      memoria: memoriaNueva(),
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
  assert.deepEqual(resultado, { motivo: "al_dia", enviados: 1200, apartados: 0, quedan: 0, esperar: 0 });
  assert.equal(pedidos.length, 3);
  assert.ok(estados(cola).every((estado) => estado === "enviado"));
});

test("un registro malo entre cien se encuentra partiendo y se aparta solo", async () => {
  const { cola, puertos } = armar(100, (ids) =>
    ids.includes("r37") ? { estado: 413, tipo: "text/html", cuerpo: "" } : acusar(ids),
  );
  assert.deepEqual(await enviarTodo(puertos), { motivo: "al_dia", enviados: 99, apartados: 1, quedan: 0, esperar: 0 });
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

test("antes de mandar ya está anotado el intento: si el teléfono muere ahí, el disco no dice que nunca salió", async () => {
  const { cola, puertos } = armar(2, (ids) => {
    assert.deepEqual(ids.map((id) => cola.get(id)?.intentos), [1, 1]);
    return { estado: 0, tipo: null, cuerpo: "" };
  });
  await enviarTodo(puertos);
  assert.deepEqual(estados(cola), ["guardado", "guardado"]);
});

test("lo que el registro traiga de más viaja; lo que el teléfono anota para sí, no", async () => {
  const { cola, puertos } = armar(1, acusar);
  cola.set("r0", /** @type {any} */ ({ ...cola.get("r0"), firma: "F", codigo: "x", mensaje: "y", enviado_el: "2026-11-23" }));
  let mandado = null;
  await enviarTodo({ ...puertos, mandar: async (cuerpo) => ((mandado = JSON.parse(cuerpo).registros), puertos.mandar(cuerpo)) });
  assert.deepEqual(mandado, [{ id: "r0", sobre: "A".repeat(1400), firma: "F" }]);
});

test("en una red tan lenta que vence el tiempo, los lotes se achican hasta que pasan y luego crecen", async () => {
  const { pedidos, puertos } = armar(500, (ids) =>
    ids.length > 60 ? { estado: 0, tipo: null, cuerpo: "", vencio: true } : acusar(ids),
  );
  const motivos = [];
  for (let i = 0; i < 40 && motivos.at(-1) !== "al_dia"; i++) motivos.push((await enviarTodo(puertos)).motivo);
  assert.equal(motivos.at(-1), "al_dia");
  assert.deepEqual(pedidos.slice(0, 5).map((ids) => ids.length), [500, 250, 125, 62, 31]);
  const enVano = pedidos.filter((ids) => ids.length > 60).length;
  assert.ok(enVano <= 10 && pedidos.length <= 25, `${enVano} de ${pedidos.length}`);
});

test("un registro que tumba al servidor no detiene a los demás y acaba apartado a la vista", async () => {
  const { cola, puertos } = armar(40, (ids) =>
    ids.includes("r7") ? { estado: 500, tipo: "text/html", cuerpo: "" } : acusar(ids),
  );
  let motivo = "";
  for (let i = 0; i < 20 && motivo !== "al_dia"; i++) motivo = (await enviarTodo(puertos)).motivo;
  assert.equal(motivo, "al_dia");
  assert.equal(cola.get("r7")?.estado, "apartado");
  assert.equal(estados(cola).filter((estado) => estado === "enviado").length, 39);
});

test("un servidor caído entero no aparta nada: los lotes no llegan a uno por culpa de 503 ni de falta de señal", async () => {
  for (const estado of [0, 429, 502, 503, 504, 507]) {
    const { cola, pedidos, puertos } = armar(10, () => ({ estado, tipo: null, cuerpo: "" }));
    for (let i = 0; i < 20; i++) await enviarTodo(puertos);
    assert.ok(estados(cola).every((e) => e === "guardado"));
    assert.ok(pedidos.every((ids) => ids.length === 10), String(estado));
  }
});

// --- Cuándo se manda --------------------------------------------------------------------------------------------------

/** Un reloj de mentiras y un solo cronómetro, como el del navegador. @param {import("../../static/js/sincronizar.js").Resultado[]} resultados */
function aparato(resultados) {
  let hora = 0;
  let siguiente = /** @type {{que: () => void, cuando: number} | null} */ (null);
  let volver = () => {};
  /** @type {number[]} */
  const intentos = [];
  const sincronizador = crearSincronizador({
    intentar: async () => {
      intentos.push(hora);
      const resultado = resultados[Math.min(intentos.length, resultados.length) - 1];
      if (/** @type {string} */ (resultado.motivo) === "truena") throw new Error("disco");
      return resultado;
    },
    azar: () => 0.5,
    alCambiar: () => {},
    mundo: {
      reloj: () => hora,
      poner: (que, ms) => (siguiente = { que, cuando: hora + ms }),
      quitar: (espera) => espera === siguiente && (siguiente = null),
      candado: async (trabajo) => trabajo(),
      alVolver: (que) => (volver = que),
    },
  });
  return {
    intentos,
    sincronizador,
    volver: () => volver(),
    async pasar(/** @type {number} */ ms) {
      const hasta = hora + ms;
      while (siguiente && siguiente.cuando <= hasta) {
        const { que, cuando } = siguiente;
        [siguiente, hora] = [null, Math.max(hora, cuando)];
        que();
        await new Promise(setImmediate);
      }
      hora = hasta;
    },
  };
}
const r = (/** @type {any} */ motivo, esperar = 0) => ({ motivo, enviados: 0, apartados: 0, quedan: 1, esperar });

test("si falla se reintenta solo, cada vez más espaciado y sin rendirse en un mes", async () => {
  const { intentos, sincronizador, pasar } = aparato([r("sin_red")]);
  await sincronizador.ahora();
  await pasar(30 * 86_400_000);
  const esperas = intentos.slice(1).map((t, i) => t - intentos[i]);
  assert.ok(esperas[0] < 5_000 && esperas[6] > 100_000);
  assert.ok(esperas.every((e) => e <= 300_000) && intentos.length > 8_000);
});

test("si el servidor pide esperar diez minutos, ni guardar ni volver a la pantalla se adelantan; la mano sí", async () => {
  const { intentos, sincronizador, pasar, volver } = aparato([r("servidor", 600_000), r("al_dia")]);
  await sincronizador.ahora();
  sincronizador.pronto();
  volver();
  await pasar(599_000);
  assert.equal(intentos.length, 1);
  await pasar(10_000);
  assert.equal(intentos.length, 2);
  const otro = aparato([r("servidor", 600_000), r("al_dia")]);
  await otro.sincronizador.ahora();
  await otro.sincronizador.ahora();
  assert.equal(otro.intentos.length, 2);
});

test("guardar mientras se espera no insiste; que vuelva la señal sí", async () => {
  const { intentos, sincronizador, pasar, volver } = aparato([...Array(8).fill(r("sin_red")), r("al_dia")]);
  await sincronizador.ahora();
  await pasar(400_000);
  const antes = intentos.length;
  for (let i = 0; i < 50; i++) sincronizador.pronto();
  await pasar(3_000);
  assert.equal(intentos.length, antes);
  volver();
  await pasar(3_000);
  assert.equal(intentos.length, antes + 1);
});

test("si el disco del teléfono truena a medio envío, se vuelve a intentar", async () => {
  const { intentos, sincronizador, pasar } = aparato([r("truena"), r("al_dia")]);
  assert.equal((await sincronizador.ahora())?.motivo, "telefono");
  await pasar(10_000);
  assert.equal(intentos.length, 2);
});
