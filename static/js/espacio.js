// El espacio del teléfono: cuántos registros caben todavía y si prometió no borrar lo guardado.

/** @typedef {{nivel: "bien" | "ojo" | "mal", caben: number | null, usado: number | null, permanente: boolean | null}} Espacio
 *   ``caben``: registros que todavía entran, redondeado hacia abajo; ``usado``: por ciento; nulos: el navegador no lo dice */

/** Lo que un registro llega a ocupar en el disco: su sobre y lo que la base gasta a su alrededor. */
const BYTES_POR_REGISTRO = 8_192;
const POCOS = 5_000;
const CASI_NADA = 500;

/**
 * Se avisa con días de sobra: cinco mil registros son muchos eventos.
 * @param {{usage?: number, quota?: number} | null} estimado
 * @param {boolean | null} permanente
 * @returns {Espacio}
 */
export function juzgar(estimado, permanente) {
  const { usage, quota } = estimado ?? {};
  if (usage === undefined || !quota) return { nivel: "bien", caben: null, usado: null, permanente };
  const caben = Math.max(0, Math.floor((quota - usage) / BYTES_POR_REGISTRO));
  const usado = Math.min(100, Math.round((100 * usage) / quota));
  return { nivel: caben < CASI_NADA ? "mal" : caben < POCOS ? "ojo" : "bien", caben, usado, permanente };
}

/** @param {StorageManager | undefined} [almacenes] @returns {Promise<Espacio>} */
export async function medir(almacenes = navigator.storage) {
  const estimado = await Promise.resolve(almacenes?.estimate?.()).catch(() => null);
  const permanente = await Promise.resolve(almacenes?.persisted?.()).catch(() => null);
  return juzgar(estimado ?? null, permanente ?? null);
}

/** Pide que nada de lo guardado se borre solo. Se pide en cada apertura: el navegador puede decir que sí más tarde. */
export async function pedirPermanencia(almacenes = navigator.storage) {
  try {
    return (await almacenes.persisted()) || (await almacenes.persist());
  } catch {
    return false;
  }
}

/** Lo que se le dice a la promotora, con lo que puede hacer; vacío si no hay nada que decir. @param {Espacio | null} espacio */
export function avisoDeEspacio(espacio) {
  if (!espacio || espacio.nivel === "bien" || espacio.caben === null) return "";
  const caben = espacio.caben.toLocaleString("es-MX");
  return espacio.nivel === "mal"
    ? `Casi no hay espacio: caben unos ${caben} registros más. Envíe ya y borre fotos o videos de este teléfono.`
    : `Queda poco espacio: caben unos ${caben} registros más. Cuando pueda, borre fotos o videos de este teléfono.`;
}
