// Manda la cola. La política de qué se conserva está en protocolo.js; aquí, el orden en que pasan las cosas.

import { armarLotes, cuerpoDeLote, demora, interpretarRespuesta, leerNuestro } from "./protocolo.js";

/**
 * @typedef {object} Puertos lo que toca al mundo, para poder probar sin él
 * @property {() => Promise<EnCola[]>} pendientes
 * @property {(destinos: Map<string, Destino>) => Promise<void>} asentar
 * @property {(cuerpo: string) => Promise<{estado: number, tipo: string | null, cuerpo: string}>} mandar
 * @property {(datos: {epoca: string | null, horaServidor: string | null, pedida: number}) => Promise<void>} anotar
 * @property {() => Promise<string | null>} epoca
 * @property {() => string} hora con zona
 * @property {() => number} reloj milisegundos
 * @property {string} app
 */

/** @typedef {{motivo: Motivo | "al_dia", enviados: number, apartados: number, quedan: number}} Resultado */

/**
 * Un intento completo: manda lote tras lote hasta acabar o hasta que algo pida esperar.
 * @param {Puertos} p
 * @returns {Promise<Resultado>}
 */
export async function enviarTodo(p) {
  const cola = await p.pendientes();
  const porMandar = armarLotes(cola);
  const cuenta = { enviado: 0, apartado: 0, guardado: 0 };
  for (let lote = porMandar.shift(); lote; lote = porMandar.shift()) {
    const quedan = cola.length - cuenta.enviado - cuenta.apartado;
    const pedida = p.reloj();
    const datos = { epoca: await p.epoca(), enviadoEn: p.hora(), pendientes: quedan, app: p.app };
    const respuesta = await p.mandar(cuerpoDeLote(lote, datos));
    const dicho = interpretarRespuesta(
      respuesta.estado,
      respuesta.tipo,
      respuesta.cuerpo,
      lote.map(({ id }) => id),
    );
    if (dicho.destinos.size) await p.asentar(dicho.destinos);
    for (const { estado } of dicho.destinos.values()) cuenta[estado] += 1;
    if (dicho.motivo === "acuse") await p.anotar({ epoca: dicho.epoca, horaServidor: dicho.hora_servidor, pedida });
    if (dicho.partir) {
      const mitad = Math.ceil(lote.length / 2);
      porMandar.unshift(lote.slice(0, mitad), lote.slice(mitad));
    } else if (!dicho.destinos.size) {
      return fin(dicho.motivo === "acuse" ? "servidor" : dicho.motivo);
    }
  }
  const quedaron = cola.length - cuenta.enviado - cuenta.apartado;
  return fin(quedaron ? "servidor" : "al_dia"); // un lote contestado a medias se completa en el siguiente intento

  /** @param {Resultado["motivo"]} motivo @returns {Resultado} */
  function fin(motivo) {
    const quedan = cola.length - cuenta.enviado - cuenta.apartado;
    return { motivo, enviados: cuenta.enviado, apartados: cuenta.apartado, quedan };
  }
}

/**
 * POST que nunca falla con excepción: sin red es estado 0.
 * @param {string} direccion @param {string} token @param {string} cuerpo
 */
export async function mandarLote(direccion, token, cuerpo) {
  const control = new AbortController();
  const reloj = setTimeout(() => control.abort(), 60_000);
  try {
    const respuesta = await fetch(direccion, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: cuerpo,
      credentials: "omit",
      cache: "no-store",
      signal: control.signal,
    });
    return { estado: respuesta.status, tipo: respuesta.headers.get("Content-Type"), cuerpo: await respuesta.text() };
  } catch {
    return { estado: 0, tipo: null, cuerpo: "" };
  } finally {
    clearTimeout(reloj);
  }
}

/**
 * GET de JSON nuestro. @param {string} direccion @param {string | null} token
 * @returns {Promise<{estado: number, datos: Record<string, any> | null}>} ``datos`` nulo si no es nuestro
 */
export async function traer(direccion, token) {
  try {
    const respuesta = await fetch(direccion, {
      headers: token ? { Authorization: `Bearer ${token}` } : {},
      credentials: token ? "omit" : "same-origin",
      cache: "no-store",
    });
    return { estado: respuesta.status, datos: leerNuestro(respuesta.headers.get("Content-Type"), await respuesta.text()) };
  } catch {
    return { estado: 0, datos: null };
  }
}

/**
 * Decide cuándo: al guardar, al volver la señal, al mirar la pantalla y, si falló, cada vez más espaciado.
 * Dos pestañas nunca mandan a la vez (Web Locks).
 * @param {{intentar: () => Promise<Resultado>, azar: () => number, alCambiar: (estado: "enviando" | Resultado) => void}} p
 */
export function crearSincronizador({ intentar, azar, alCambiar }) {
  let fallidos = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let espera;
  let otraVez = false;
  let ocupado = false;

  /** @param {number} ms */
  function programar(ms) {
    clearTimeout(espera);
    espera = setTimeout(ahora, ms);
  }

  /** @returns {Promise<Resultado | null>} nulo si ya se estaba mandando */
  async function ahora() {
    clearTimeout(espera);
    if (ocupado) {
      otraVez = true;
      return null;
    }
    ocupado = true;
    try {
      const resultado = await conCandado(async () => {
        alCambiar("enviando");
        return intentar();
      });
      if (!resultado) {
        programar(demora(1, azar())); // otra pestaña está mandando
        return null;
      }
      alCambiar(resultado);
      fallidos = resultado.motivo === "al_dia" ? 0 : fallidos + 1;
      if (fallidos) programar(demora(fallidos, azar()));
      return resultado;
    } finally {
      ocupado = false;
      if (otraVez) {
        otraVez = false;
        if (!fallidos) programar(0);
      }
    }
  }

  addEventListener("online", () => programar(500));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && programar(500));
  return { ahora, pronto: () => programar(1_500) };
}

/** @template T @param {() => Promise<T>} trabajo @returns {Promise<T | null>} */
async function conCandado(trabajo) {
  if (!navigator.locks) return trabajo();
  return navigator.locks.request("jornada-envio", { ifAvailable: true }, async (candado) => (candado ? trabajo() : null));
}
