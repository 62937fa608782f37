// Arma los registros: hechos que no cambian. Puro: la hora, el id y el sesgo llegan de fuera.

const MENORES = new Set(["0-11", "12-17"]);

/** A menores sólo se les cuenta: nunca nombre ni teléfono. @param {string} edad */
export function puedeDarNombre(edad) {
  return !MENORES.has(edad);
}

/** Un UUID v4; se pide al abrir el formulario, así un doble toque es un solo registro. */
export function nuevoId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const h = Array.from(b, (n) => n.toString(16).padStart(2, "0")).join("");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/**
 * ISO 8601 con la diferencia horaria del teléfono: «2026-11-23T17:04:05.123-06:00».
 * @param {Date} fecha
 * @param {number} [minutosAlOeste] como los da ``getTimezoneOffset``
 */
export function horaConZona(fecha, minutosAlOeste = fecha.getTimezoneOffset()) {
  const local = new Date(fecha.getTime() - minutosAlOeste * 60_000).toISOString().slice(0, -1);
  const dos = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const absoluto = Math.abs(minutosAlOeste);
  return `${local}${minutosAlOeste > 0 ? "-" : "+"}${dos(Math.floor(absoluto / 60))}:${dos(absoluto % 60)}`;
}

/**
 * Lo que se puede pedir en este evento: sin la llave de la oficina no hay con qué sellar un nombre, y no se pide.
 * @param {Paquete} paquete @param {EventoDelPaquete} evento @returns {EventoDelPaquete["pide"]}
 */
export function loQuePide({ clave_oficina }, { pide }) {
  const sePuede = Boolean(clave_oficina);
  return { nombre: pide.nombre && sePuede, telefono: pide.telefono && sePuede, procedencia: pide.procedencia };
}

/**
 * Nombre y teléfono sin espacios de más; nada si no se dieron o es menor de edad.
 * @param {{edad: string, nombre?: string, telefono?: string}} datos @returns {Identidad | null}
 */
export function identidad({ edad, nombre, telefono }) {
  const dada = { nombre: limpio(nombre) || null, telefono: limpio(telefono) || null };
  return puedeDarNombre(edad) && (dada.nombre || dada.telefono) ? dada : null;
}

/** @typedef {{id: string, evento: string, hora: string, sesgo: number | null, promotora?: string | null}} Sello
 *   ``promotora``: la cuenta de quien registra, si lo dijo */

/**
 * @param {Sello} sello
 * @param {Demograficos & {modo: "promotora" | "credencial", aviso: number, credencial?: string | null}} datos
 * @param {string | null} [sobre] nombre y teléfono, ya sellados para la oficina
 * @returns {Registro}
 */
export function asistencia(sello, { modo, sexo, edad, procedencia, aviso, credencial }, sobre = null) {
  const datos = { modo, sexo, edad, procedencia, aviso, identidad: sobre, credencial: credencial ?? null };
  return armar("asistencia", sello, datos);
}

/** @param {Sello} sello @param {{sexo: string, edad: string, aviso: number}} datos */
export function conteo(sello, { sexo, edad, aviso }) {
  return armar("conteo", sello, { sexo, edad, personas: 1, aviso });
}

/** @param {Sello} sello @param {string} registro el id de lo que se deshace */
export function anulacion(sello, registro) {
  return armar("anulacion", sello, { registro });
}

/**
 * Una contestación no lleva hora ni quién la juntó: nada la acerca a una persona.
 * @param {{id: string, evento: string}} sello
 * @param {{instrumento: string, version: number, ficha: string | null, respuestas: Record<string, string[]>}} datos
 */
export function contestacion({ id, evento }, { instrumento, version, ficha, respuestas }) {
  return armar("contestacion", { id, evento, hora: null, sesgo: null }, { instrumento, version, ficha, respuestas });
}

/**
 * @param {Registro["tipo"]} tipo
 * @param {{id: string, evento: string, hora: string | null, sesgo: number | null, promotora?: string | null}} sello
 * @param {Record<string, unknown>} datos
 * @returns {Registro}
 */
function armar(tipo, { id, evento, hora, sesgo, promotora }, datos) {
  return { v: 1, id, tipo, evento, hora, sesgo_ms: sesgo, ...(promotora && { promotora }), datos };
}

/** @param {string | undefined} texto */
function limpio(texto) {
  return (texto ?? "").trim().replace(/\s+/g, " ");
}
