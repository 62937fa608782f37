// Base64 url sin relleno (RFC 4648, sección 5) y poco más.

/** @param {Uint8Array} bytes */
export function aB64(bytes) {
  let binario = "";
  for (const b of bytes) binario += String.fromCharCode(b);
  return btoa(binario).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {string} texto @returns {Uint8Array<ArrayBuffer>} */
export function deB64(texto) {
  const binario = atob(texto.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binario, (c) => c.charCodeAt(0));
}

/** @param {...Uint8Array} partes @returns {Uint8Array<ArrayBuffer>} */
export function unir(...partes) {
  const todo = new Uint8Array(partes.reduce((suma, p) => suma + p.length, 0));
  let donde = 0;
  for (const parte of partes) {
    todo.set(parte, donde);
    donde += parte.length;
  }
  return todo;
}

/** @param {string} texto @returns {Uint8Array<ArrayBuffer>} */
export function utf8(texto) {
  return new Uint8Array(new TextEncoder().encode(texto));
}
