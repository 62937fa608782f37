// La página de espera: cuando llegan muchos registros a la vez, el teléfono hace una cuenta de menos de un segundo y
// vuelve a enviar solo. La cuenta es hallar un número que haga empezar con ceros a SHA-256 de «pase.número».
// Nada se guarda en el teléfono.

const K = new Int32Array(64);
const H = new Int32Array(8);
for (let n = 2, i = 0; i < 64; n++) {
  let primo = true;
  for (let d = 2; d * d <= n; d++) primo = primo && n % d > 0;
  if (!primo) continue;
  if (i < 8) H[i] = (Math.sqrt(n) % 1) * 2 ** 32;
  K[i++] = (Math.cbrt(n) % 1) * 2 ** 32;
}

/** SHA-256 de un texto corto (menos de 56 letras sin acentos): sus primeros 32 bits. @param {string} texto */
export function inicio(texto) {
  const w = new Int32Array(64);
  for (let i = 0; i < texto.length; i++) w[i >> 2] |= texto.charCodeAt(i) << (24 - (i & 3) * 8);
  w[texto.length >> 2] |= 0x80 << (24 - (texto.length & 3) * 8);
  w[15] = texto.length * 8;
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15], y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = H;
  for (let i = 0; i < 64; i++) {
    const t = h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i] + w[i];
    const u = (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + t) | 0; d = c; c = b; b = a; a = (t + u) | 0;
  }
  return (a + H[0]) | 0;
}

/** @param {string} pase @param {number} bits @param {() => boolean} sigue */
async function hallar(pase, bits, sigue) {
  for (let n = 0; sigue();) {
    const hasta = performance.now() + 12;
    do {
      if (Math.clz32(inicio(`${pase}.${n}`)) >= bits) return String(n);
      n++;
    } while (n % 64 || performance.now() < hasta);
    await new Promise((listo) => setTimeout(listo)); // la página sigue respondiendo: «Salir» no espera
  }
  return null;
}

async function esperar() {
  const caja = document.querySelector("[data-espera]");
  const formulario = caja?.querySelector("form");
  const como = formulario?.querySelector("[data-como]");
  if (!formulario || !como || "vista" in formulario.dataset) return;
  formulario.dataset.vista = "";
  como.textContent = "Se envía solo en unos segundos…";
  como.setAttribute("role", "status");
  formulario.querySelector("button")?.remove();
  const campo = (/** @type {string} */ cual) => /** @type {HTMLInputElement} */ (formulario.elements.namedItem(cual));
  const cuenta = await hallar(campo("pase").value, Number(formulario.dataset.bits), () => formulario.isConnected);
  if (cuenta === null || !formulario.isConnected) return;
  campo("cuenta").value = cuenta;
  formulario.requestSubmit();
}

addEventListener("pagina", esperar);
esperar();
