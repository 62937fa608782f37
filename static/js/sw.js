// El service worker de /campo/: guarda la aplicación para abrirla sin señal. Los datos no pasan por aquí.
// El servidor antepone JORNADA con la versión y los archivos; cambia un archivo y es otra versión.

const sw = /** @type {ServiceWorkerGlobalScope & {JORNADA: {version: string, archivos: string[]}}} */ (
  /** @type {unknown} */ (self)
);
const { version, archivos } = sw.JORNADA;
const CAJA = `jornada-${version}`;

sw.addEventListener("install", (evento) => {
  const frescos = archivos.map((direccion) => new Request(direccion, { cache: "no-cache", credentials: "omit" }));
  evento.waitUntil(caches.open(CAJA).then((caja) => caja.addAll(frescos)));
});

sw.addEventListener("activate", (evento) => {
  evento.waitUntil(
    (async () => {
      for (const nombre of await caches.keys()) {
        if (nombre.startsWith("jornada-") && nombre !== CAJA) await caches.delete(nombre);
      }
      await sw.clients.claim();
    })(),
  );
});

// La versión nueva espera a que la promotora la pida: nunca se recarga sola bajo sus dedos.
sw.addEventListener("message", (evento) => {
  if (evento.data === "aplicar") void sw.skipWaiting();
});

sw.addEventListener("fetch", (evento) => {
  const { request } = evento;
  const direccion = new URL(request.url);
  if (request.method !== "GET" || direccion.origin !== sw.location.origin) return;
  if (!archivos.includes(direccion.pathname)) return;
  evento.respondWith(
    (async () => {
      const caja = await caches.open(CAJA);
      return (await caja.match(direccion.pathname)) ?? fetch(request);
    })(),
  );
});
