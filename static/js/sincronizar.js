// Manda la cola. La política de qué se conserva está en protocolo.js; aquí, el orden en que pasan las cosas.

import { leer } from "./almacen.js";
import * as cola from "./cola.js";
import {
  armarLotes, cuerpoDeLote, demora, destinoDeFalla, diaDe, esperaPedida, interpretarRespuesta, leerNuestro, MAX_REGISTROS, siguienteTope,
} from "./protocolo.js";

/** @typedef {{estado: number, tipo: string | null, cuerpo: string, esperar?: string | null, vencio?: boolean}} Respuesta
 *   ``esperar``: lo que diga ``Retry-After``; ``vencio``: se acabó el tiempo, no la red */

/** Lo que se aprende entre un intento y otro: de qué tamaño pasan los lotes y con qué registro solo falla el servidor.
 * @typedef {{tope: number, techo: number, fallas: Map<string, number>}} Memoria */

/**
 * @typedef {object} Puertos lo que toca al mundo, para poder probar sin él
 * @property {() => Promise<EnCola[]>} pendientes
 * @property {() => Promise<boolean>} tocaSaludar con la cola vacía, ¿preguntar de todos modos?
 * @property {(ids: string[]) => Promise<void>} marcar antes de mandar
 * @property {(destinos: Map<string, Destino>, dicho: {epoca: string | null, diaServidor: string | null}) => Promise<boolean>} asentar
 *   devuelve si el servidor es de otra época
 * @property {(cuerpo: string) => Promise<Respuesta>} mandar
 * @property {(datos: {horaServidor: string | null, pedida: number}) => Promise<void>} anotar
 * @property {() => Promise<string | null>} epoca
 * @property {() => string} hora con zona
 * @property {() => number} reloj milisegundos
 * @property {string} app
 * @property {() => Almacenado | null} [almacen] cómo anda el espacio, para el tablero de la oficina
 * @property {Memoria} memoria
 */

/** @typedef {{motivo: Motivo | "al_dia", enviados: number, apartados: number, quedan: number, esperar: number}} Resultado
 *   ``esperar``: milisegundos que pidió el servidor */

/** Si el servidor cambia de época a cada rato (dos servidores tras la misma dirección), se deja para después. */
const MAX_VUELTAS = 3;

/** @returns {Memoria} */
export const memoriaNueva = () => ({ tope: MAX_REGISTROS, techo: MAX_REGISTROS, fallas: new Map() });

/**
 * Un intento completo: manda lote tras lote hasta acabar o hasta que algo pida esperar.
 * @param {Puertos} p
 * @returns {Promise<Resultado>}
 */
export async function enviarTodo(p) {
  const cuenta = { enviado: 0, apartado: 0, guardado: 0 };
  for (let vuelta = 1; ; vuelta++) {
    const { motivo, quedan, otraEpoca, esperar } = await unaVuelta(p, cuenta);
    if (otraEpoca && motivo === "al_dia" && vuelta < MAX_VUELTAS) continue; // lo que se volvió a ofrecer
    const queda = otraEpoca && motivo === "al_dia" ? "servidor" : motivo;
    return { motivo: queda, enviados: cuenta.enviado, apartados: cuenta.apartado, quedan, esperar };
  }
}

/**
 * @param {Puertos} p
 * @param {Record<EnCola["estado"], number>} cuenta
 * @returns {Promise<{motivo: Resultado["motivo"], quedan: number, otraEpoca: boolean, esperar: number}>}
 */
async function unaVuelta(p, cuenta) {
  const registros = await p.pendientes();
  const sinAcuse = new Set(registros.filter(({ estado }) => estado === "guardado").map(({ id }) => id));
  const porMandar = armarLotes(registros.filter(({ estado }) => estado === "guardado"));
  porMandar.push(...armarLotes(registros.filter(({ estado }) => estado === "apartado"))); // al último: no detienen a nadie
  const saludo = !porMandar.length && (await p.tocaSaludar());
  if (saludo) porMandar.push([]);
  let otraEpoca = false;
  for (let lote = porMandar.shift(); lote; lote = porMandar.shift()) {
    if (lote.length > p.memoria.tope) porMandar.unshift(lote.splice(p.memoria.tope));
    const { dicho, respuesta, pedida } = await mandarUno(p, lote, sinAcuse.size);
    const { epoca, hora_servidor, destinos } = dicho;
    if (destinos.size || dicho.motivo === "acuse") {
      otraEpoca = (await p.asentar(destinos, { epoca, diaServidor: diaDe(hora_servidor) })) || otraEpoca;
    }
    for (const [id, { estado }] of destinos) {
      if (sinAcuse.delete(id) || estado === "enviado") cuenta[estado] += 1;
    }
    if (dicho.motivo === "acuse") await p.anotar({ horaServidor: hora_servidor, pedida });
    if (dicho.partir) {
      const mitad = Math.ceil(lote.length / 2);
      porMandar.unshift(lote.slice(0, mitad), lote.slice(mitad));
    } else if (!destinos.size && !saludo) {
      return fin(dicho.motivo === "acuse" ? "servidor" : dicho.motivo, esperaPedida(respuesta.esperar ?? null, p.reloj()));
    }
  }
  if (!sinAcuse.size) Object.assign(p.memoria, { tope: MAX_REGISTROS, techo: MAX_REGISTROS });
  return fin(sinAcuse.size ? "servidor" : "al_dia"); // un lote contestado a medias se completa en el siguiente intento

  /** @param {Resultado["motivo"]} motivo */
  function fin(motivo, esperar = 0) {
    return { motivo, quedan: sinAcuse.size, otraEpoca, esperar };
  }
}

/**
 * Anota el intento, manda y entiende lo que volvió.
 * @param {Puertos} p @param {EnCola[]} lote @param {number} pendientes
 */
async function mandarUno(p, lote, pendientes) {
  const ids = lote.map(({ id }) => id);
  if (ids.length) await p.marcar(ids);
  const pedida = p.reloj();
  const cuerpo = cuerpoDeLote(lote, { epoca: await p.epoca(), enviadoEn: p.hora(), pendientes, app: p.app, almacen: p.almacen?.() });
  const respuesta = await p.mandar(cuerpo);
  const dicho = interpretarRespuesta(respuesta.estado, respuesta.tipo, respuesta.cuerpo, ids);
  if (respuesta.vencio) dicho.motivo = "lento";
  if (respuesta.estado === 500 && ids.length === 1) {
    const fallas = (p.memoria.fallas.get(ids[0]) ?? 0) + 1;
    p.memoria.fallas.set(ids[0], fallas);
    const destino = destinoDeFalla(fallas);
    if (destino) dicho.destinos.set(ids[0], destino);
  }
  for (const id of dicho.destinos.keys()) p.memoria.fallas.delete(id);
  Object.assign(p.memoria, siguienteTope(p.memoria, ids.length, dicho.motivo, respuesta.estado));
  return { dicho, respuesta, pedida };
}

/**
 * Los puertos de verdad: la cola en el disco de este teléfono y la red.
 * @param {import("./almacen.js").Almacen} bd
 * @param {Omit<Puertos, "pendientes" | "tocaSaludar" | "marcar" | "asentar" | "epoca"> & {dia: () => string}} resto
 * @returns {Puertos}
 */
export function puertos(bd, { dia, ...resto }) {
  return {
    ...resto,
    pendientes: () => cola.pendientes(bd, dia()),
    tocaSaludar: () => cola.tocaSaludar(bd, dia()),
    marcar: (ids) => cola.marcar(bd, ids),
    asentar: (destinos, dicho) => cola.asentar(bd, destinos, { ...dicho, dia: dia() }),
    epoca: async () => (await leer(bd, "ajustes", "epoca")) ?? null,
  };
}

/**
 * POST que nunca falla con excepción: sin red es estado 0.
 * @param {string} direccion @param {string} token @param {string} cuerpo
 * @returns {Promise<Respuesta>}
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
    const { status: estado, headers } = respuesta;
    return { estado, tipo: headers.get("Content-Type"), esperar: headers.get("Retry-After"), cuerpo: await respuesta.text() };
  } catch {
    return { estado: 0, tipo: null, cuerpo: "", vencio: control.signal.aborted };
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
 * @typedef {object} Mundo el reloj, las otras pestañas y las señales del navegador
 * @property {() => number} reloj
 * @property {(que: () => void, ms: number) => any} poner
 * @property {(espera: any) => void} quitar
 * @property {<T>(trabajo: () => Promise<T>) => Promise<T | null>} candado nulo: lo tiene otra pestaña
 * @property {(que: () => void) => void} alVolver la señal, o la pantalla
 */

/** @type {Mundo} */
const NAVEGADOR = {
  reloj: () => Date.now(),
  poner: (que, ms) => setTimeout(que, ms),
  quitar: (espera) => clearTimeout(espera),
  async candado(trabajo) {
    if (!navigator.locks) return trabajo(); // mandar dos veces lo mismo no duplica: sólo gasta
    return navigator.locks.request("jornada-envio", { ifAvailable: true }, async (tengo) => (tengo ? trabajo() : null));
  },
  alVolver(que) {
    addEventListener("online", que);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && que());
  },
};

/** @type {Resultado} */
const FALLO_EL_TELEFONO = { motivo: "telefono", enviados: 0, apartados: 0, quedan: 0, esperar: 0 };

/**
 * Decide cuándo: al guardar, al volver la señal, al mirar la pantalla y, si falló, cada vez más espaciado y sin
 * rendirse. Si el servidor pidió esperar, nada automático se adelanta; la mano de la promotora sí.
 * Dos pestañas nunca mandan a la vez (Web Locks).
 * @param {{intentar: () => Promise<Resultado>, azar: () => number, alCambiar: (estado: "enviando" | Resultado) => void, mundo?: Mundo}} p
 */
export function crearSincronizador({ intentar, azar, alCambiar, mundo = NAVEGADOR }) {
  let fallidos = 0;
  let noAntes = 0;
  /** @type {any} */
  let espera;
  let otraVez = false;
  let ocupado = false;

  /** @param {number} ms */
  function programar(ms) {
    mundo.quitar(espera);
    espera = mundo.poner(() => void ahora(), Math.max(ms, noAntes - mundo.reloj()));
  }

  /** @returns {Promise<Resultado | null>} nulo si ya se estaba mandando */
  async function ahora() {
    mundo.quitar(espera);
    if (ocupado) {
      otraVez = true;
      return null;
    }
    ocupado = true;
    try {
      const resultado = await mundo
        .candado(async () => {
          alCambiar("enviando");
          return intentar();
        })
        .catch(() => FALLO_EL_TELEFONO); // el disco no contestó: lo guardado sigue ahí
      if (!resultado) {
        programar(demora(1, azar())); // otra pestaña está mandando
        return null;
      }
      fallidos = resultado.motivo === "al_dia" ? 0 : fallidos + 1;
      noAntes = resultado.esperar ? mundo.reloj() + resultado.esperar : 0;
      if (fallidos) programar(resultado.esperar + demora(fallidos, azar()));
      alCambiar(resultado);
      return resultado;
    } finally {
      ocupado = false;
      if (otraVez) {
        otraVez = false;
        if (!fallidos) programar(0);
      }
    }
  }

  const volvio = () => programar(500 + 1_000 * azar());
  mundo.alVolver(volvio);
  return {
    ahora,
    /** Se acaba de saber que hay con quién hablar. */
    volvio,
    /** Hay algo nuevo que mandar. Si ya se está esperando para reintentar, irá con lo demás. */
    pronto: () => fallidos || programar(1_500),
  };
}
