// Para test_js.py: sella o abre desde Node lo que Python abre o sella.
import { abrir, abrirIdentidad, exportarLlave, firmar, nuevaLlave, sellar, sellarIdentidad } from "../../static/js/sellado.js";
import { deB64 } from "../../static/js/bytes.js";
import { verificar } from "../../static/js/credencial.js";

let entrada = "";
for await (const trozo of process.stdin) entrada += trozo;
const pedido = JSON.parse(entrada);

const privada = () => {
  const ecdh = { name: "ECDH", namedCurve: "P-256" };
  return crypto.subtle.importKey("pkcs8", deB64(pedido.privada), ecdh, true, ["deriveBits"]);
};

const acciones = {
  sellar: () => sellar(pedido.registro, pedido.clave),
  abrir: async () => abrir(pedido.sobre, await privada()),
  sellarIdentidad: () => sellarIdentidad(pedido.identidad, pedido.id, pedido.clave),
  abrirIdentidad: async () => abrirIdentidad(pedido.sobre, pedido.id, await privada()),
  firmar: async () => {
    const { privateKey, publicKey } = await nuevaLlave();
    return { llave: await exportarLlave(publicKey), firma: await firmar(privateKey, pedido.id, pedido.sobre) };
  },
  verificar: () => verificar(pedido.token, pedido.credenciales),
};
const accion = acciones[/** @type {keyof typeof acciones} */ (pedido.accion)];
process.stdout.write(JSON.stringify(await accion()));
