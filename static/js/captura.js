// Del dedo al disco: arma el registro, lo sella, lo guarda y sólo entonces dice «Guardado».

import * as cola from "./cola.js";
import * as registro from "./registro.js";
import { firmar, sellar, sellarIdentidad } from "./sellado.js";

/**
 * @typedef {object} Contexto
 * @property {import("./almacen.js").Almacen} bd
 * @property {() => Paquete} paquete
 * @property {() => number | null} sesgo reloj del teléfono menos reloj del servidor, en ms
 * @property {() => import("./identidad.js").Firmante | null} firmante
 * @property {() => void} alGuardar
 * @property {() => string | null} [promotora] la cuenta de quien registra; una contestación no la lleva
 */

/** Lo que se puede deshacer: vive en memoria, con un nombre que no dice de quién es.
 * @typedef {{id: string, evento: string, etiqueta: string, celda: string | null, paso: string | null}} Deshacible */

/** @type {Deshacible[]} */
const recientes = [];
const MAX_RECIENTES = 20;

/** @param {string} evento @returns {Deshacible[]} del más nuevo al más viejo */
export function deshacibles(evento) {
  return recientes.filter((r) => r.evento === evento);
}

/**
 * @param {Contexto} ctx @param {string} evento @param {string} id
 * @param {Parameters<typeof registro.asistencia>[1] & {nombre?: string, telefono?: string}} datos
 * @param {string | null} [paso]
 */
export async function registrarAsistencia(ctx, evento, id, datos, paso = null) {
  const etiqueta = datos.modo === "credencial" ? "Credencial" : "Registro";
  const hecho = registro.asistencia(sello(ctx, evento, id), datos, await cerrarIdentidad(ctx, id, datos));
  return guardar(ctx, hecho, { id, evento, etiqueta, celda: null, paso });
}

/** @param {Contexto} ctx @param {string} evento @param {{sexo: string, edad: string}} datos @param {string} etiqueta */
export async function contar(ctx, evento, { sexo, edad }, etiqueta) {
  const id = registro.nuevoId();
  const hecho = registro.conteo(sello(ctx, evento, id), { sexo, edad, aviso: ctx.paquete().aviso.version });
  return guardar(ctx, hecho, { id, evento, etiqueta, celda: `${sexo}|${edad}`, paso: null });
}

/**
 * @param {Contexto} ctx @param {string} evento @param {string} id
 * @param {Parameters<typeof registro.contestacion>[1]} datos
 */
export async function contestar(ctx, evento, id, datos) {
  const hecho = registro.contestacion({ id, evento }, datos);
  const nuevo = await cola.guardar(ctx.bd, await cerrar(ctx, hecho));
  if (nuevo) ctx.alGuardar();
}

/** Deshacer es un hecho más, nunca un borrado. @param {Contexto} ctx @param {Deshacible} que */
export async function deshacer(ctx, que) {
  const donde = recientes.indexOf(que);
  if (donde < 0) return;
  recientes.splice(donde, 1);
  try {
    const id = registro.nuevoId();
    const hecho = registro.anulacion(sello(ctx, que.evento, id), que.id);
    await cola.guardar(ctx.bd, await cerrar(ctx, hecho), { personas: -1, celda: que.celda, suelta: que.paso });
  } catch (error) {
    recientes.splice(donde, 0, que);
    throw error;
  }
  ctx.alGuardar();
}

/** @param {Contexto} ctx @param {Registro} hecho @param {Deshacible} que */
async function guardar(ctx, hecho, que) {
  const suma = { personas: 1, celda: que.celda, paso: que.paso };
  const nuevo = await cola.guardar(ctx.bd, await cerrar(ctx, hecho), suma);
  if (nuevo) {
    recientes.unshift(que);
    recientes.length = Math.min(recientes.length, MAX_RECIENTES);
    ctx.alGuardar();
  }
  return que;
}

/**
 * Nombre y teléfono en el sobre que sólo la oficina abre.
 * @param {Contexto} ctx @param {string} id @param {Parameters<typeof registro.identidad>[0]} datos
 */
async function cerrarIdentidad(ctx, id, datos) {
  const quien = registro.identidad(datos);
  const clave = ctx.paquete().clave_oficina;
  return quien && clave ? sellarIdentidad(quien, id, clave) : null;
}

/** Lo sella y lo firma: desde ahora dice qué teléfono lo hizo y ya nadie lo puede cambiar. @param {Contexto} ctx @param {Registro} hecho */
async function cerrar(ctx, hecho) {
  const { id, evento } = hecho;
  const sobre = await sellar(hecho, ctx.paquete().clave_servidor);
  const firmante = ctx.firmante();
  if (!firmante) return { id, evento, sobre };
  const { dispositivo, privada } = firmante;
  return { id, evento, sobre, dispositivo, firma: await firmar(privada, id, sobre) };
}

/** @param {Contexto} ctx @param {string} evento @param {string} id */
function sello(ctx, evento, id) {
  return { id, evento, hora: registro.horaConZona(new Date()), sesgo: ctx.sesgo(), promotora: ctx.promotora?.() ?? null };
}
