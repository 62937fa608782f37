// Sobres HPKE para el servidor y la firma de este teléfono (los mismos formatos que recoleccion/sellado.py): quien
// tome el teléfono ve ceros y unos.

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "../vendor/hpke.js";
import { aB64, deB64, unir, utf8 } from "./bytes.js";

const INFO = utf8("jornada/registro/v1");
const FIRMA = "jornada/firma/v1";
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const PASO = 1024;
const ENC = 65;

const suite = () =>
  new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/**
 * Cuatro bytes con la longitud, los datos y ceros hasta un múltiplo de 1 KiB: el tamaño no dice qué es.
 * @param {Uint8Array} datos
 */
export function rellenar(datos) {
  const total = Math.ceil((4 + datos.length) / PASO) * PASO;
  const relleno = new Uint8Array(total);
  new DataView(relleno.buffer).setUint32(0, datos.length);
  relleno.set(datos, 4);
  return relleno;
}

/** @param {Uint8Array} relleno */
export function quitarRelleno(relleno) {
  const largo = new DataView(relleno.buffer, relleno.byteOffset).getUint32(0);
  if (largo > relleno.length - 4) throw new RangeError("relleno inválido");
  return relleno.subarray(4, 4 + largo);
}

/**
 * @param {Registro} registro
 * @param {string} claveServidor punto P-256 sin comprimir, base64 url
 * @returns {Promise<string>} enc || ct en base64 url
 */
export async function sellar(registro, claveServidor) {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(deB64(claveServidor));
  const claro = rellenar(utf8(JSON.stringify(registro)));
  const { enc, ct } = await hpke.seal({ recipientPublicKey, info: INFO }, claro);
  return aB64(unir(new Uint8Array(enc), new Uint8Array(ct)));
}

/** Una llave nueva para firmar. La privada no se puede sacar del navegador. @returns {Promise<CryptoKeyPair>} */
export function nuevaLlave() {
  return crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
}

/** La pública como la pide el servidor: punto sin comprimir, base64 url. @param {CryptoKey} publica */
export async function exportarLlave(publica) {
  return aB64(new Uint8Array(await crypto.subtle.exportKey("raw", publica)));
}

/**
 * Dice qué teléfono hizo este sobre: cualquiera puede sellar, sólo él firmar.
 * @param {CryptoKey} privada @param {string} id @param {string} sobre
 * @returns {Promise<string>} r y s, 64 bytes en base64 url
 */
export async function firmar(privada, id, sobre) {
  return aB64(new Uint8Array(await crypto.subtle.sign(ECDSA, privada, porFirmar(id, sobre))));
}

/** La versión, el id y el texto del sobre, un renglón cada uno. @param {string} id @param {string} sobre */
export function porFirmar(id, sobre) {
  return utf8(`${FIRMA}\n${id}\n${sobre}`);
}

/**
 * Lo contrario de ``sellar``; el teléfono nunca tiene la llave, sólo las pruebas.
 * @param {string} sobre
 * @param {CryptoKey} privada
 * @returns {Promise<unknown>}
 */
export async function abrir(sobre, privada) {
  const bytes = deB64(sobre);
  const enc = bytes.slice(0, ENC).buffer;
  const claro = await suite().open({ recipientKey: privada, enc, info: INFO }, bytes.slice(ENC));
  return JSON.parse(new TextDecoder().decode(quitarRelleno(new Uint8Array(claro))));
}
