// Sobres HPKE para el servidor y la firma de este teléfono (los mismos formatos que recoleccion/sellado.py): quien
// tome el teléfono ve ceros y unos.

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "../vendor/hpke.js";
import { aB64, deB64, unir, utf8 } from "./bytes.js";

const INFO = utf8("jornada/registro/v1");
const INFO_IDENTIDAD = "jornada/identidad/v1";
const FIRMA = "jornada/firma/v1";
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const PASO = 1024;
const PASO_IDENTIDAD = 256;
const ENC = 65;

const suite = () =>
  new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/**
 * Cuatro bytes con la longitud, los datos y ceros hasta un múltiplo del paso: el tamaño no dice qué es.
 * @param {Uint8Array} datos @param {number} [paso] bytes
 */
export function rellenar(datos, paso = PASO) {
  const total = Math.ceil((4 + datos.length) / paso) * paso;
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
export function sellar(registro, claveServidor) {
  return sellarPara(claveServidor, INFO, rellenar(utf8(JSON.stringify(registro))));
}

/**
 * Nombre y teléfono en su propio sobre, que sólo la oficina abre. Va atado al registro: no sirve en otro.
 * @param {Identidad} identidad
 * @param {string} id del registro
 * @param {string} claveOficina punto P-256 sin comprimir, base64 url
 */
export function sellarIdentidad({ nombre, telefono }, id, claveOficina) {
  return sellarPara(claveOficina, infoIdentidad(id), rellenar(utf8(JSON.stringify({ nombre, telefono })), PASO_IDENTIDAD));
}

/** @param {string} clave @param {Uint8Array<ArrayBuffer>} info @param {Uint8Array<ArrayBuffer>} claro */
async function sellarPara(clave, info, claro) {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(deB64(clave));
  const { enc, ct } = await hpke.seal({ recipientPublicKey, info }, claro);
  return aB64(unir(new Uint8Array(enc), new Uint8Array(ct)));
}

/** @param {string} id */
const infoIdentidad = (id) => utf8(`${INFO_IDENTIDAD}\n${id}`);

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
export function abrir(sobre, privada) {
  return abrirCon(privada, INFO, sobre);
}

/** Lo contrario de ``sellarIdentidad``; también sólo para las pruebas. @param {string} sobre @param {string} id @param {CryptoKey} privada */
export function abrirIdentidad(sobre, id, privada) {
  return abrirCon(privada, infoIdentidad(id), sobre);
}

/** @param {CryptoKey} privada @param {Uint8Array<ArrayBuffer>} info @param {string} sobre @returns {Promise<unknown>} */
async function abrirCon(privada, info, sobre) {
  const bytes = deB64(sobre);
  const enc = bytes.slice(0, ENC).buffer;
  const claro = await suite().open({ recipientKey: privada, enc, info }, bytes.slice(ENC));
  return JSON.parse(new TextDecoder().decode(quitarRelleno(new Uint8Array(claro))));
}
