// El espacio del teléfono: cuántos registros caben todavía y si prometió no borrar lo guardado.

/** @typedef {{nivel: "bien" | "ojo" | "mal", caben: number | null, usado: number | null, permanente: boolean | null}} Espacio
 *   ``caben``: registros que todavía entran, redondeado hacia abajo; ``usado``: por ciento; nulos: el navegador no lo dice */

/** Lo que un registro llega a ocupar en el disco: su sobre y lo que la base gasta a su alrededor. */
const BYTES_POR_REGISTRO = 8_192;
const POCOS = 5_000;
const CASI_NADA = 500;

/**
 * El navegador ya no dice cuánto cabe de verdad (Chrome contesta siempre 10 GB), así que se aparta un lugar: una base
 * aparte con bytes al azar. Cuando un registro no cabe, se suelta, el registro entra y se avisa con tiempo.
 */
const RESERVA = "jornada-reserva";
const BYTES_RESERVA = 4 * 1_048_576; // más de mil registros
/** ¿Está apartado? nulo: no se ha intentado. @type {boolean | null} */
let apartada = null;

/**
 * Se avisa con días de sobra: cinco mil registros son muchos eventos.
 * @param {{usage?: number, quota?: number} | null} estimado
 * @param {boolean | null} permanente
 * @param {boolean | null} [reserva] falso: ya no hubo lugar para apartar
 * @returns {Espacio}
 */
export function juzgar(estimado, permanente, reserva = null) {
  const { usage, quota } = estimado ?? {};
  if (reserva === false) return { nivel: "mal", caben: null, usado: null, permanente };
  if (usage === undefined || !quota) return { nivel: "bien", caben: null, usado: null, permanente };
  const caben = Math.max(0, Math.floor((quota - usage) / BYTES_POR_REGISTRO));
  const usado = Math.min(100, Math.round((100 * usage) / quota));
  return { nivel: caben < CASI_NADA ? "mal" : caben < POCOS ? "ojo" : "bien", caben, usado, permanente };
}

/** @param {StorageManager | undefined} [almacenes] @returns {Promise<Espacio>} */
export async function medir(almacenes = navigator.storage) {
  const estimado = await Promise.resolve(almacenes?.estimate?.()).catch(() => null);
  const permanente = await Promise.resolve(almacenes?.persisted?.()).catch(() => null);
  return juzgar(estimado ?? null, permanente ?? null, apartada);
}

/** Aparta el lugar si no estaba. @returns {Promise<boolean>} */
function apartar() {
  return new Promise((listo) => {
    const peticion = indexedDB.open(RESERVA, 1);
    peticion.onupgradeneeded = () => {
      const azar = new Uint8Array(BYTES_RESERVA);
      for (let i = 0; i < azar.length; i += 65_536) crypto.getRandomValues(azar.subarray(i, i + 65_536));
      peticion.result.createObjectStore("lugar").put(new Blob([azar]), 1);
    };
    peticion.onsuccess = () => listo((peticion.result.close(), true));
    peticion.onerror = () => listo(false);
  });
}

/** Suelta el lugar apartado para que quepa un registro más. @returns {Promise<void>} */
export function soltarReserva() {
  apartada = false;
  return new Promise((listo) => {
    const peticion = indexedDB.deleteDatabase(RESERVA);
    peticion.onsuccess = peticion.onerror = peticion.onblocked = () => listo();
  });
}

/** Pide que nada de lo guardado se borre solo, y aparta lugar. En cada apertura: la respuesta puede cambiar. */
export async function pedirPermanencia(almacenes = navigator.storage) {
  apartada = await apartar();
  try {
    return (await almacenes.persisted()) || (await almacenes.persist());
  } catch {
    return false;
  }
}

/** Lo que se le dice a la promotora, con lo que puede hacer; vacío si no hay nada que decir. @param {Espacio | null} espacio */
export function avisoDeEspacio(espacio) {
  if (!espacio || espacio.nivel === "bien") return "";
  if (espacio.caben === null) return "Casi no hay espacio. Lo guardado sigue aquí: envíe ya y borre fotos o videos de este teléfono.";
  const caben = espacio.caben.toLocaleString("es-MX");
  return espacio.nivel === "mal"
    ? `Casi no hay espacio: caben unos ${caben} registros más. Envíe ya y borre fotos o videos de este teléfono.`
    : `Queda poco espacio: caben unos ${caben} registros más. Cuando pueda, borre fotos o videos de este teléfono.`;
}
