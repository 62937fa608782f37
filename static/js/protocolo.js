// Decisiones puras de la sincronización: qué cabe en un lote y qué significa cada respuesta.
// La prosa y los vectores compartidos con Python están en recoleccion/protocolo/.

export const VERSION = 1;
export const MAX_REGISTROS = 500;
export const MAX_BYTES = 1_000_000;

/** Lo que ocupan, a lo más, los campos del lote que no son registros. */
const ENCABEZADO = 400;
const BASE_ESPERA_MS = 5_000;
const TOPE_ESPERA_MS = 300_000;
/** Lo más que se le hace caso a un servidor que pide esperar. */
const TOPE_PEDIDO_MS = 3_600_000;
/** Veces que el servidor falla (500) con un registro solo antes de apartarlo. */
const FALLAS_SOLO = 3;
const NO_PUDO = "El servidor no pudo recibir este registro. Sigue guardado en este teléfono y mañana se intenta otra vez.";

/**
 * Lo de un registro que viaja: todo menos lo que el teléfono anota para sí.
 * @param {Pick<EnCola, "id" | "sobre"> & Partial<EnCola>} registro
 */
export function loQueViaja({ evento: _e, estado: _s, intentos: _i, codigo: _c, mensaje: _m, enviado_el: _d, ...viaja }) {
  return viaja;
}

/**
 * Reparte la cola en lotes que el servidor acepta. Un registro que solo ya no cabe va en su propio lote.
 * @template {{id: string, sobre: string}} R
 * @param {R[]} registros
 * @param {{registros?: number, bytes?: number}} [topes]
 * @returns {R[][]}
 */
export function armarLotes(registros, { registros: maximo = MAX_REGISTROS, bytes = MAX_BYTES } = {}) {
  /** @type {R[][]} */
  const lotes = [];
  let ocupado = Infinity;
  for (const registro of registros) {
    const mide = JSON.stringify(loQueViaja(registro)).length + 1; // todo es ASCII
    const actual = lotes.at(-1);
    if (!actual || actual.length >= maximo || ocupado + mide > bytes) {
      lotes.push([registro]);
      ocupado = ENCABEZADO + mide;
    } else {
      actual.push(registro);
      ocupado += mide;
    }
  }
  return lotes;
}

/**
 * El cuerpo que se manda. La llave de envío no va aquí: se pone al momento de mandar.
 * @param {(Pick<EnCola, "id" | "sobre"> & Partial<EnCola>)[]} lote
 * @param {{epoca: string | null, enviadoEn: string, pendientes: number, app: string, almacen?: Almacenado | null}} contexto
 */
export function cuerpoDeLote(lote, { epoca, enviadoEn, pendientes, app, almacen }) {
  const registros = lote.map(loQueViaja);
  return JSON.stringify({ version: VERSION, epoca, enviado_en: enviadoEn, pendientes, app, almacen, registros });
}

/**
 * Qué hacer con cada registro de un lote según lo que contestó la red. Nada se da por enviado sin un acuse de
 * ese id; todo lo que no se entiende se conserva.
 * @param {number} estado código HTTP; 0 si no hubo respuesta
 * @param {string | null} tipoContenido
 * @param {string} cuerpo
 * @param {string[]} ids los del lote enviado
 * @returns {Interpretacion}
 */
export function interpretarRespuesta(estado, tipoContenido, cuerpo, ids) {
  const nuestro = leerNuestro(tipoContenido, cuerpo);
  /** @param {Motivo} motivo @returns {Interpretacion} */
  const conservar = (motivo) => ({ motivo, partir: false, destinos: new Map(), epoca: null, hora_servidor: null });

  if (estado === 0) return conservar("sin_red");
  if (estado === 401) return conservar("entrar");
  if (estado === 200 && nuestro && Array.isArray(nuestro.acuses)) return leerAcuses(nuestro, ids);
  if (estado === 200) return conservar(pareceCortado(tipoContenido, cuerpo) ? "cortado" : "portal");
  if (estado === 413) return partirOApartar("muy_grande", ids, null);
  if (estado === 400 && nuestro?.error) return partirOApartar("no_es_lote", ids, nuestro.error);
  if (estado < 500 && !nuestro) return conservar("portal");
  return conservar("servidor");
}

/**
 * Un lote rechazado entero se parte a la mitad hasta dar con el registro malo; ése se aparta, a la vista.
 * @param {"muy_grande" | "no_es_lote"} motivo
 * @param {string[]} ids
 * @param {{codigo?: unknown, mensaje?: unknown} | null} error
 * @returns {Interpretacion}
 */
function partirOApartar(motivo, ids, error) {
  /** @type {Map<string, Destino>} */
  const destinos = new Map();
  if (ids.length === 1) {
    destinos.set(ids[0], {
      estado: "apartado",
      codigo: texto(error?.codigo) ?? motivo,
      mensaje: texto(error?.mensaje) ?? NO_PUDO,
    });
  }
  return { motivo, partir: ids.length > 1, destinos, epoca: null, hora_servidor: null };
}

/**
 * @param {Record<string, any>} respuesta
 * @param {string[]} ids
 * @returns {Interpretacion}
 */
function leerAcuses(respuesta, ids) {
  const esperados = new Set(ids);
  /** @type {Map<string, Destino>} */
  const destinos = new Map();
  for (const acuse of respuesta.acuses) {
    const destino = destinoDe(acuse);
    if (!destino || !esperados.has(acuse.id)) continue;
    const previo = destinos.get(acuse.id);
    if (previo && previo.estado !== destino.estado) {
      esperados.delete(acuse.id); // dos acuses que se contradicen no son un acuse
      destinos.delete(acuse.id);
    } else {
      destinos.set(acuse.id, destino);
    }
  }
  return {
    motivo: "acuse",
    partir: false,
    destinos,
    epoca: texto(respuesta.epoca),
    hora_servidor: texto(respuesta.hora_servidor),
  };
}

/** @param {any} acuse @returns {Destino | null} */
function destinoDe(acuse) {
  const estado = acuse?.estado;
  if (estado === "aceptado" || estado === "repetido") return { estado: "enviado", codigo: null, mensaje: null };
  if (estado === "conflicto" || estado === "retenido") {
    return { estado: "apartado", codigo: texto(acuse.codigo) ?? estado, mensaje: texto(acuse.mensaje) };
  }
  return null;
}

/** Un acuse que empezó bien y no llegó entero: no es un portal. @param {string | null} tipo @param {string} cuerpo */
function pareceCortado(tipo, cuerpo) {
  return /^application\/json\b/i.test(tipo ?? "") && /^\s*\{/.test(cuerpo) && !/\}\s*$/.test(cuerpo);
}

/**
 * Un JSON nuestro dice su versión; un portal cautivo o un intermediario, no.
 * @param {string | null} tipoContenido
 * @param {string} cuerpo
 * @returns {Record<string, any> | null}
 */
export function leerNuestro(tipoContenido, cuerpo) {
  if (!/^application\/json\b/i.test(tipoContenido ?? "")) return null;
  try {
    const valor = JSON.parse(cuerpo);
    return valor && typeof valor === "object" && valor.version === VERSION ? valor : null;
  } catch {
    return null;
  }
}

/**
 * El tamaño del siguiente lote. Sin acuse por lento, por cortado o por un 500, la mitad: así pasa una red muy lenta, y
 * así se llega al registro que el servidor no puede tomar. Con acuse, el doble, hasta el tamaño que ya se vio que no pasa.
 * @param {{tope: number, techo: number}} sabido
 * @param {number} largo el del lote que se acaba de mandar
 * @param {Motivo} motivo
 * @param {number} estado código HTTP
 */
export function siguienteTope({ tope, techo }, largo, motivo, estado) {
  if (motivo === "acuse") return { techo, tope: Math.min(techo, Math.max(tope, largo * 2)) };
  const porLargo = motivo === "lento" || motivo === "cortado";
  if (!porLargo && estado !== 500) return { techo, tope };
  return { techo: porLargo ? Math.max(1, largo - 1) : techo, tope: Math.max(1, Math.floor(Math.min(tope, largo) / 2)) };
}

/**
 * Un registro con el que el servidor falla solo, una vez tras otra, se aparta a la vista; mañana se vuelve a ofrecer.
 * @param {number} fallas seguidas de ese registro, a solas
 * @returns {Destino | null}
 */
export function destinoDeFalla(fallas) {
  if (fallas < FALLAS_SOLO) return null;
  return { estado: "apartado", codigo: "servidor_falla", mensaje: NO_PUDO };
}

/**
 * Lo que el servidor pide esperar (``Retry-After``, en segundos o como fecha), en milisegundos; cero si nada.
 * @param {string | null} valor
 * @param {number} ahora milisegundos
 */
export function esperaPedida(valor, ahora) {
  if (!valor) return 0;
  const ms = /^\s*\d+\s*$/.test(valor) ? Number(valor) * 1000 : Date.parse(valor) - ahora;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(0, ms), TOPE_PEDIDO_MS);
}

/**
 * El día que dice una hora del servidor; nulo si no es una fecha.
 * @param {string | null} hora
 */
export function diaDe(hora) {
  const dia = /^\d{4}-\d\d-\d\d/.exec(hora ?? "")?.[0] ?? null;
  return dia && !Number.isNaN(Date.parse(dia)) ? dia : null;
}

/**
 * Cuánto esperar antes de volver a intentar, en milisegundos. Crece, no caduca nunca y trae azar para que
 * cincuenta teléfonos que recuperan la señal juntos no lleguen juntos.
 * @param {number} intentos fallidos seguidos
 * @param {number} azar en [0, 1)
 */
export function demora(intentos, azar) {
  const tope = Math.min(TOPE_ESPERA_MS, BASE_ESPERA_MS * 2 ** Math.min(Math.max(intentos - 1, 0), 10));
  return Math.round(tope / 2 + (tope / 2) * azar);
}

/** @param {unknown} valor */
function texto(valor) {
  return typeof valor === "string" && valor ? valor : null;
}
