// La cámara del teléfono, a secas: abrirla, soltarla, qué lentes hay y qué sabe hacer.

/**
 * La que la promotora eligió o, si ya no está, la de atrás.
 * @param {string | null} lente su ``deviceId`` @returns {Promise<MediaStream>}
 */
export async function abrirCamara(lente) {
  const medida = { width: { ideal: 1280 }, height: { ideal: 720 } };
  if (lente) {
    try {
      return await pedir({ ...medida, deviceId: { exact: lente } });
    } catch (error) {
      const falta = error instanceof DOMException && ["OverconstrainedError", "NotFoundError"].includes(error.name);
      if (!falta) throw error;
    }
  }
  return pedir({ ...medida, facingMode: { ideal: "environment" } });
}

/** @param {MediaTrackConstraints} video */
const pedir = (video) => navigator.mediaDevices.getUserMedia({ video, audio: false });

/** @param {MediaStream | null} camara */
export function soltar(camara) {
  for (const pista of camara?.getTracks() ?? []) pista.stop();
}

/** Se llaman por su nombre cuando la cámara ya abrió. @returns {Promise<{id: string, nombre: string}[]>} */
export async function lentes() {
  const aparatos = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return aparatos
    .filter(({ kind }) => kind === "videoinput")
    .map(({ deviceId, label }, i) => ({ id: deviceId, nombre: label || `Cámara ${i + 1}` }));
}

/** @param {MediaStreamTrack} pista */
export function capacidadesDe(pista) {
  const { torch, zoom } = /** @type {any} */ (pista.getCapabilities?.() ?? {});
  return { luz: Boolean(torch), acercar: Boolean(zoom) && aDoble(zoom) <= zoom.max };
}

/** Las unidades son de cada cámara: el doble se cuenta desde lo más abierto. @param {{min: number}} zoom */
const aDoble = ({ min }) => (min || 1) * 2;

/** Luz y acercamiento, según lo que la pista sepa. @param {MediaStreamTrack} pista @param {{luz: boolean, acercar: boolean}} quiere
 * @returns {Promise<boolean>} si obedeció */
export async function encender(pista, { luz, acercar }) {
  const puede = capacidadesDe(pista);
  const { zoom } = /** @type {any} */ (pista.getCapabilities?.() ?? {});
  const avanzado = [
    ...(puede.luz ? [{ torch: luz }] : []),
    ...(puede.acercar ? [{ zoom: acercar ? aDoble(zoom) : zoom.min }] : []),
  ];
  if (!avanzado.length) return true;
  return pista.applyConstraints(/** @type {any} */ ({ advanced: avanzado })).then(
    () => true,
    () => false,
  );
}
