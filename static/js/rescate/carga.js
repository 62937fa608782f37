// Los registros en bytes, para los códigos: sin base64 caben en tres cuartas partes. Lo cifrado no se comprime.

import { aB64, deB64, unir, utf8 } from "../bytes.js";

/** @typedef {{id: string, sobre: string, dispositivo?: string, firma?: string}} Viajero un registro como viaja */

const VERSION = 1;
const COMPACTO = 0;
const TEXTO = 1;
const FIRMA = 64;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param {Viajero[]} registros */
export function empacar(registros) {
  const autores = [...new Set(registros.map(({ dispositivo }) => dispositivo ?? ""))].filter((autor) => UUID.test(autor)).slice(0, 255);
  /** @type {Uint8Array[]} */
  const partes = [Uint8Array.of(VERSION, autores.length), ...autores.map(deUuid), u32(registros.length)];
  for (const registro of registros) partes.push(...(compacto(registro, autores) ?? enTexto(registro)));
  return unir(...partes);
}

/** @param {Viajero} registro @param {string[]} autores @returns {Uint8Array[] | null} nulo si así no volvería idéntico */
function compacto({ id, sobre, dispositivo, firma, ...mas }, autores) {
  const autor = autores.indexOf(dispositivo ?? "");
  if (autor < 0 || !firma || !UUID.test(id) || Object.keys(mas).length) return null;
  const [cifrado, rubrica] = [bytesDe(sobre), bytesDe(firma)];
  if (!cifrado || rubrica?.length !== FIRMA) return null;
  return [Uint8Array.of(COMPACTO, autor), deUuid(id), rubrica, u32(cifrado.length), cifrado];
}

/** @param {Viajero} registro */
function enTexto(registro) {
  const bytes = utf8(JSON.stringify(registro));
  return [Uint8Array.of(TEXTO), u32(bytes.length), bytes];
}

/**
 * @param {Uint8Array} bytes
 * @returns {unknown[]}
 * @throws {RangeError | SyntaxError} si no es una carga, o es de una versión que aquí no se conoce
 */
export function desempacar(bytes) {
  let donde = 0;
  /** @param {number} cuantos */
  const tomar = (cuantos) => {
    if (donde + cuantos > bytes.length) throw new RangeError("carga cortada");
    donde += cuantos;
    return bytes.subarray(donde - cuantos, donde);
  };
  const numero = () => tomar(4).reduce((suma, byte) => suma * 256 + byte, 0);
  const [version, cuantosAutores] = tomar(2);
  if (version !== VERSION) throw new RangeError("carga de otra versión");
  const autores = Array.from({ length: cuantosAutores }, () => aUuid(tomar(16)));
  const total = numero();
  const registros = [];
  for (let i = 0; i < total; i++) {
    if (tomar(1)[0] === TEXTO) {
      registros.push(JSON.parse(new TextDecoder().decode(tomar(numero()))));
      continue;
    }
    const dispositivo = autores[tomar(1)[0]];
    const [id, firma] = [aUuid(tomar(16)), aB64(tomar(FIRMA))];
    registros.push({ id, sobre: aB64(tomar(numero())), dispositivo, firma });
  }
  return registros;
}

/** Los bytes de un base64 que vuelve a escribirse igual. @param {string} texto @returns {Uint8Array | null} */
function bytesDe(texto) {
  try {
    const bytes = deB64(texto);
    return aB64(bytes) === texto ? bytes : null;
  } catch {
    return null;
  }
}

/** @param {number} n */
const u32 = (n) => Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);

/** @param {string} uuid */
const deUuid = (uuid) => Uint8Array.from(uuid.replaceAll("-", "").match(/../g) ?? [], (par) => parseInt(par, 16));

/** @param {Uint8Array} bytes */
function aUuid(bytes) {
  const h = Array.from(bytes, (n) => n.toString(16).padStart(2, "0")).join("");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
