// Quién es este teléfono para la oficina: el permiso con que manda y la llave con que firma lo que captura.

import { escribir, leer, pedir, transaccion } from "./almacen.js";
import { todos } from "./cola.js";
import { exportarLlave, firmar, nuevaLlave } from "./sellado.js";

/** @typedef {import("./almacen.js").Almacen} Almacen */
/** @typedef {{dispositivo: string, privada: CryptoKey}} Firmante */
/** @typedef {{token: string | null, firmante: Firmante | null, deBaja: boolean}} Identidad */

const ALFABETO = /^[ABCDEFGHJKMNPQRSTUVWXYZ23456789]{8}$/;

/**
 * El código de la pantalla de la titular, escaneado («A1…») o escrito como salga.
 * @param {string} texto
 * @returns {string | null} ocho letras y números; nulo si no puede ser
 */
export function codigoDeAlta(texto) {
  const junto = texto.toUpperCase().replace(/[\s.-]/g, "");
  const codigo = junto.length === 10 && junto.startsWith("A1") ? junto.slice(2) : junto;
  return ALFABETO.test(codigo) ? codigo : null;
}

/** @param {Almacen} bd @returns {Promise<Identidad>} */
export async function leerIdentidad(bd) {
  const token = (await leer(bd, "ajustes", "token")) ?? null;
  /** @type {Firmante | null} */
  const firmante = (await leer(bd, "ajustes", "firmante")) ?? null;
  const deBaja = (await leer(bd, "ajustes", "de_baja")) ?? null;
  return { token, firmante, deBaja: deBaja !== null && deBaja === firmante?.dispositivo };
}

/**
 * Da de alta este teléfono con una llave nueva, que no se puede sacar de él. Si la respuesta se pierde, la siguiente
 * vez va con la misma llave y el servidor lo reconoce.
 * @param {Almacen} bd
 * @param {string} direccion
 * @param {Record<string, string>} cuerpo
 * @param {Record<string, string>} [cabeceras]
 * @returns {Promise<string>} vacío si todo bien; si no, qué pasó
 */
export async function darDeAlta(bd, direccion, cuerpo, cabeceras = {}) {
  /** @type {CryptoKeyPair} */
  const llave = (await leer(bd, "ajustes", "llave_nueva")) ?? (await nuevaLlave());
  await escribir(bd, "ajustes", "llave_nueva", llave);
  try {
    const respuesta = await fetch(direccion, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...cabeceras },
      body: JSON.stringify({ ...cuerpo, llave: await exportarLlave(llave.publicKey) }),
    });
    const { token, dispositivo, error } = await respuesta.json();
    if (!respuesta.ok) return `${error.mensaje} ${error.que_hacer}`;
    await adoptar(bd, token, { dispositivo, privada: llave.privateKey });
    return "";
  } catch {
    return "No hay señal. Acérquese a donde haya e inténtelo otra vez; no se perdió nada.";
  }
}

/**
 * Estrena el permiso y la llave, y firma lo que se guardó cuando no había con qué. Lo que ya venía firmado se queda
 * como está: dice quién lo hizo.
 * @param {Almacen} bd @param {string} token @param {Firmante} firmante
 */
async function adoptar(bd, token, firmante) {
  const { dispositivo, privada } = firmante;
  const sinFirma = (await todos(bd)).filter(({ firma }) => !firma);
  const firmas = await Promise.all(sinFirma.map(({ id, sobre }) => firmar(privada, id, sobre)));
  await transaccion(bd, ["cola", "ajustes"], "readwrite", async (en) => {
    await pedir(en("ajustes").put(token, "token"));
    await pedir(en("ajustes").put(firmante, "firmante"));
    await pedir(en("ajustes").delete("llave_nueva"));
    for (const [n, { id }] of sinFirma.entries()) {
      const registro = await pedir(en("cola").get(id));
      if (registro && !registro.firma) await pedir(en("cola").put({ ...registro, dispositivo, firma: firmas[n] }));
    }
  });
}

/** La oficina dio de baja a este teléfono: se recuerda para decirlo con calma. @param {Almacen} bd @param {string} dispositivo */
export function anotarBaja(bd, dispositivo) {
  return escribir(bd, "ajustes", "de_baja", dispositivo);
}
