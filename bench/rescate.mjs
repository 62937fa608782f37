// ¿De qué tamaño conviene el código con que un teléfono le pasa registros a otro?
//
//   node bench/rescate.mjs          (Node 22; antes, python construir.py)
//
// Dibuja cuadros de verdad en cada versión de QR, los fotografía de mentira (lejos y cerca, girados, con desenfoque,
// ruido y media luz, a 1280x720 y a 640 de ancho, que son los dos tamaños que mira el escáner) y los lee con ZXing.
// «por cuadro» es lo que de veras pasa: bytes del bloque por la parte de las fotos que se leyeron.

import { readFileSync } from "node:fs";
import { encodeQR } from "qr";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { aTexto, caben, deTexto } from "../static/js/rescate/cuadro.js";
import { crearFuente } from "../static/js/rescate/fuente.js";

const FOTOS = Number(process.argv[2] ?? 8);
const VERSIONES = { 10: 395, 13: 619, 15: 758, 18: 1046, 20: 1249, 22: 1460, 25: 1853, 30: 2520 };
/** Parte del alto de la foto que ocupa el código. */
const DISTANCIAS = [0.9, 0.7, 0.5];
const CAMARAS = [[1280, 720], [640, 360]];

const wasm = new URL("../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", import.meta.url);
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(wasm)).buffer } });
const OPCIONES = { formats: ["QRCode"], tryHarder: false, tryRotate: true, tryInvert: false, maxNumberOfSymbols: 1 };

let estado = 1;
const azar = () => {
  estado = (estado + 0x6d2b79f5) >>> 0;
  let t = Math.imul(estado ^ (estado >>> 15), estado | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** Una foto de la pantalla: cada punto mira un pedacito de ella, no un punto. */
function fotografiar(codigo, ancho, alto, parte) {
  const lado = codigo.length;
  const escala = (alto * parte) / lado;
  const giro = (azar() - 0.5) * 0.3;
  const [seno, coseno] = [Math.sin(giro) / escala, Math.cos(giro) / escala];
  const [cx, cy] = [ancho / 2 + (azar() - 0.5) * 40, alto / 2 + (azar() - 0.5) * 10];
  const desenfoque = (0.35 + azar() * 0.5) * (ancho / 1280);
  const trapecio = (azar() - 0.5) * 0.0004 * (1280 / ancho);
  const luz = 0.55 + azar() * 0.45;
  const foto = { width: ancho, height: alto, data: new Uint8ClampedArray(ancho * alto * 4).fill(255), colorSpace: "srgb" };
  const M = 3;
  for (let y = 0; y < alto; y++) {
    for (let x = 0; x < ancho; x++) {
      let claro = 0;
      for (let k = 0; k < M * M; k++) {
        const sx = x + ((k % M) - 1) * (0.33 + desenfoque);
        const sy = y + (Math.floor(k / M) - 1) * (0.33 + desenfoque);
        const f = 1 + trapecio * (sx - cx);
        const u = Math.floor(((sx - cx) * coseno + (sy - cy) * seno) * f + lado / 2);
        const v = Math.floor((-(sx - cx) * seno + (sy - cy) * coseno) * f + lado / 2);
        claro += codigo[v]?.[u] ? 18 : codigo[v]?.[u] === undefined ? 120 : 235;
      }
      const punto = (claro / (M * M)) * luz * (0.85 + (0.15 * x) / ancho) + (azar() - 0.5) * 24;
      foto.data.fill(punto, (y * ancho + x) * 4, (y * ancho + x) * 4 + 3);
    }
  }
  return foto;
}

const carga = new Uint8Array(100_000).map(() => azar() * 256);
console.log("versión  módulos  bytes  leídas por distancia (0.9, 0.7, 0.5) a 1280 | a 640   ms 1280/640  dibujar ms   por cuadro");
for (const [version, letras] of Object.entries(VERSIONES)) {
  const fuente = await crearFuente(carga, caben(letras));
  const [celdas, tiempos] = [[], []];
  let dibujar = 0;
  for (const [ancho, alto] of CAMARAS) {
    let ms = 0;
    for (const parte of DISTANCIAS) {
      let leidas = 0;
      for (let i = 0; i < FOTOS; i++) {
        const cuadro = fuente.cuadro(i);
        const texto = aTexto(cuadro);
        const antes = performance.now();
        const codigo = encodeQR(texto, "raw", { ecc: "low", encoding: "alphanumeric", version: Number(version), border: 4 });
        dibujar += performance.now() - antes;
        const foto = fotografiar(codigo, ancho, alto, parte);
        const desde = performance.now();
        const [hallado] = await readBarcodes(foto, OPCIONES);
        ms += performance.now() - desde;
        if (hallado && hallado.text !== texto) throw new Error("leyó otra cosa");
        if (hallado && deTexto(hallado.text)?.n === i) leidas += 1;
      }
      celdas.push(leidas / FOTOS);
    }
    tiempos.push(ms / (FOTOS * DISTANCIAS.length));
  }
  const media = celdas.reduce((suma, parte) => suma + parte, 0) / celdas.length;
  const dibujo = dibujar / (FOTOS * celdas.length);
  const por = (n) => `${Math.round(n * 100)} %`.padStart(6);
  console.log(
    version.padStart(7), String(17 + 4 * version).padStart(8), String(caben(letras)).padStart(6), " ",
    celdas.slice(0, 3).map(por).join(""), " |", celdas.slice(3).map(por).join(""), " ",
    tiempos.map((t) => t.toFixed(1)).join(" / ").padStart(12), dibujo.toFixed(1).padStart(8), String(Math.round(media * caben(letras))).padStart(10),
  );
}
