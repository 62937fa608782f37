// Lee nuestros códigos (y sólo los nuestros) y los verifica sin señal contra la lista de huellas.

import { aB64, deB64, unir, utf8 } from "./bytes.js";

const TOKEN = /^J1[0-9A-HJKMNP-TV-Z]{28}$/;
const FICHA = /^F1([A-Z]{3,8}-[1-9][0-9])$/;
const INFO = utf8("jornada/credencial/v1");

/** @typedef {{tipo: "credencial", token: string} | {tipo: "ficha", ficha: string} | {tipo: "ajeno"}} Codigo */

/**
 * Un código ajeno (una INE, un carnet) se olvida aquí mismo: no se guarda ni se muestra.
 * @param {string} texto
 * @returns {Codigo}
 */
export function analizar(texto) {
  if (TOKEN.test(texto)) return { tipo: "credencial", token: texto };
  const ficha = FICHA.exec(texto);
  return ficha ? { tipo: "ficha", ficha: ficha[1] } : { tipo: "ajeno" };
}

/**
 * Lo que alguien escribe a mano: «luna 37» es LUNA-37.
 * @param {string} texto
 * @param {string[]} palabras las que existen en las fichas impresas
 * @returns {string | null}
 */
export function normalizarFicha(texto, palabras) {
  const junto = texto.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toUpperCase().replace(/[^A-Z0-9]/g, "");
  const partes = /^(?:F1)?([A-Z]{3,8})([1-9][0-9])$/.exec(junto);
  return partes && palabras.includes(partes[1]) ? `${partes[1]}-${partes[2]}` : null;
}

/** @param {string} texto @returns {string | null} ocho cifras */
export function normalizarFolio(texto) {
  const cifras = texto.replace(/[\s.-]/g, "");
  return /^[0-9]{8}$/.test(cifras) ? cifras : null;
}

/** @param {string} token @param {string} sal base64 url */
export async function verificador(token, sal) {
  const bytes = new Uint8Array([...deB64(sal), ...utf8(token)]);
  return aB64(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 16));
}

/** @typedef {{situacion: "conocida" | "revocada" | "desconocida", datos: Demograficos | null}} Hallazgo */

/**
 * @param {string} token
 * @param {ListaCredenciales} credenciales
 * @returns {Promise<Hallazgo>}
 */
export async function verificar(token, { sal, lista }) {
  const huella = await verificador(token, sal);
  const entrada = lista.find(([de]) => de === huella);
  if (!entrada) return { situacion: "desconocida", datos: null };
  if (entrada[2]) return { situacion: "revocada", datos: null };
  return { situacion: "conocida", datos: entrada[1] ? await descifrar(token, sal, entrada[1]) : null };
}

/**
 * Lo contrario de ``descifrar``. @param {string} token @param {string} sal @param {Demograficos} datos
 */
export async function cifrar(token, sal, { sexo, edad, procedencia }) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const claro = utf8(JSON.stringify({ sexo, edad, procedencia }));
  const cifrado = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await llave(token, sal), claro);
  return aB64(unir(iv, new Uint8Array(cifrado)));
}

/** @param {string} token @param {string} sal */
async function llave(token, sal) {
  const base = await crypto.subtle.importKey("raw", utf8(token), "HKDF", false, ["deriveKey"]);
  const receta = { name: "HKDF", hash: "SHA-256", salt: deB64(sal), info: INFO };
  return crypto.subtle.deriveKey(receta, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/**
 * @param {string} token @param {string} sal @param {string} cifrado
 * @returns {Promise<Demograficos | null>} nulo si no se pudo: se preguntan otra vez
 */
export async function descifrar(token, sal, cifrado) {
  try {
    const bytes = deB64(cifrado);
    const algoritmo = { name: "AES-GCM", iv: bytes.slice(0, 12) };
    const claro = await crypto.subtle.decrypt(algoritmo, await llave(token, sal), bytes.slice(12));
    const { sexo, edad, procedencia } = JSON.parse(new TextDecoder().decode(claro));
    return [sexo, edad, procedencia].every((v) => typeof v === "string") ? { sexo, edad, procedencia } : null;
  } catch {
    return null;
  }
}

/**
 * La huella con que este teléfono recuerda que una credencial ya pasó en un evento: sin la tarjeta no dice de quién.
 * @param {string} codigo token o folio
 * @param {string} evento
 */
export async function huellaDePaso(codigo, evento) {
  const resumen = await crypto.subtle.digest("SHA-256", utf8(`jornada/paso/v1|${evento}|${codigo}`));
  return aB64(new Uint8Array(resumen).subarray(0, 12));
}

/**
 * El mismo código calla tres segundos, aunque otro se meta en medio. De uno ajeno sólo se recuerda que lo fue.
 * @param {number} [silencioMs]
 */
export function crearFiltro(silencioMs = 3000) {
  /** @type {Map<string, number>} */
  const callan = new Map();
  /** @param {string} texto @param {number} ahora @returns {Codigo | null} nulo: callar */
  return (texto, ahora) => {
    const codigo = analizar(texto);
    for (const [seña, hasta] of callan) if (hasta <= ahora) callan.delete(seña);
    const seña = codigo.tipo === "ajeno" ? "ajeno" : texto;
    const repetido = callan.has(seña);
    callan.set(seña, ahora + silencioMs);
    return repetido ? null : codigo;
  };
}
