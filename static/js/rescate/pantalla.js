// Cuando este teléfono no va a llegar a la señal: pasar lo guardado a otro, recibir lo de otro, o llevarlo en un archivo.

import { decir, decirFalla } from "../barra.js";
import { boton, diaLocal, h, plural, sonar } from "../dom.js";
import { escribir, leer } from "./archivo.js";
import { pantallaDar } from "./dar.js";
import { aparte, paraArchivo, paraPasar, recibir } from "./guardar.js";
import { pantallaCamara } from "./camara.js";
import { cuantoTarda, MUCHOS } from "./ritmo.js";
import { balanceEnPalabras } from "./palabras.js";

/** @typedef {import("../telefono.js").Telefono} Telefono */

const NADA = "No falta nada por enviar. Para llevar lo ya enviado, marque la casilla.";
const MAX_ARCHIVO = 32 * 1_048_576;

/** @param {Telefono} telefono @param {string} parte de la dirección: «dar», «recibir» o nada */
export function pantallaRescate(telefono, parte) {
  if (parte === "dar") return pantallaDar(telefono);
  if (parte === "recibir") return pantallaCamara(telefono);
  return pantallaInicio(telefono);
}

/** @param {Telefono} telefono */
async function pantallaInicio(telefono) {
  const cuerpo = h("div", null);

  async function pintar() {
    const [porPasar, raros] = [await paraPasar(telefono.bd), await aparte(telefono.bd)];
    cuerpo.replaceChildren(
      h("p", null, `${plural(porPasar.length, "registro")} por enviar. Van cerrados: sólo la oficina los puede abrir, y no se cuentan dos veces.`),
      ...(raros.length ? [avisoDeRaros(raros.length)] : []),
      h("h2", null, "Pasar a otro teléfono"),
      ...pasar(porPasar.length),
      h("h2", null, "Recibir de otro teléfono"),
      h("a", { class: "boton", href: "#/rescate/recibir" }, "Recibir con la cámara"),
      ...deUnArchivo(telefono, pintar),
      h("h2", null, "Archivo de rescate"),
      ...enArchivo(telefono, porPasar.length + raros.length),
    );
  }

  await pintar();
  return { titulo: "Envío", atras: "#/pendientes", nodos: [h("h1", null, "Pasar o rescatar registros"), cuerpo] };
}

/** @param {number} n */
function avisoDeRaros(n) {
  const texto =
    n === 1
      ? "Un registro recibido trae el número de otro que ya estaba y dice otra cosa. Se guardó aparte."
      : `${n} registros recibidos traen el número de otros que ya estaban y dicen otra cosa. Se guardaron aparte.`;
  return h("p", { class: "nota" }, `${texto} Guarde el archivo de rescate y entréguelo a la titular: ella decide.`);
}

/** @param {number} n */
function pasar(n) {
  if (!n) return [h("p", { class: "suave" }, "No hay registros por pasar.")];
  const tarda = `Se muestran códigos y el otro teléfono los escanea: ${cuantoTarda(n)}.`;
  const muchos = "Son muchos para pasarlos así: conviene más el archivo.";
  return [
    h("p", null, n > MUCHOS ? `${tarda} ${muchos}` : tarda),
    h("a", { class: n > MUCHOS ? "boton" : "boton boton-fuerte", href: "#/rescate/dar" }, "Pasar a otro teléfono"),
  ];
}

/** @param {Telefono} telefono @param {() => Promise<void>} pintar */
function deUnArchivo(telefono, pintar) {
  const entrada = h("input", { id: "archivo-rescate", type: "file", multiple: true, class: "solo-lector" });
  entrada.addEventListener("change", async () => {
    const archivos = [...(entrada.files ?? [])];
    entrada.value = "";
    for (const archivo of archivos) await abrir(archivo).catch(decirFalla);
  });

  /** @param {File} archivo */
  async function abrir(archivo) {
    if (archivo.size > MAX_ARCHIVO) return decir("mal", `«${archivo.name}» es demasiado grande para ser un archivo de rescate.`);
    const leido = await leer(await archivo.text());
    if (leido === "ajeno") return decir("mal", `«${archivo.name}» no es un archivo de rescate de jornada. No se guardó nada.`);
    if (leido === "mas_nuevo") return decir("mal", "Ese archivo es de una versión más nueva. Actualice la aplicación y ábralo otra vez.");
    const balance = await recibir(telefono.bd, leido.registros);
    telefono.alGuardar();
    await pintar();
    sonar(leido.faltan ? "ojo" : "bien");
    const falta = leido.faltan ? ` El archivo está cortado: ${plural(leido.faltan, "registro")} no llegaron enteros. Pídalo otra vez.` : "";
    return decir(leido.faltan ? "ojo" : "bien", balanceEnPalabras(balance) + falta);
  }

  return [entrada, h("label", { class: "boton", for: "archivo-rescate" }, "Abrir un archivo de rescate")];
}

/** @param {Telefono} telefono @param {number} n */
function enArchivo(telefono, n) {
  const { enviado, apartado } = telefono.resumen;
  const incluir = h("input", { id: "tambien-enviados", type: "checkbox" });
  const hacer = async () => {
    const registros = await paraArchivo(telefono.bd, incluir.checked);
    const texto = await escribir(registros, diaLocal());
    const nombre = `rescate-${diaLocal()}-${texto.slice(texto.indexOf('"sha256":"') + 10).slice(0, 4)}`;
    return { texto, nombre, cuantos: registros.length };
  };
  const guardar = boton("Guardar archivo de rescate", "boton", async () => {
    const { texto, nombre, cuantos } = await hacer();
    if (!cuantos) return decir("ojo", NADA);
    const enlace = h("a", { href: URL.createObjectURL(new Blob([texto], { type: "application/octet-stream" })), download: `${nombre}.jornada` });
    enlace.click();
    setTimeout(() => URL.revokeObjectURL(enlace.href), 60_000);
    return decir("bien", `Archivo hecho, con ${plural(cuantos, "registro")}. Búsquelo en «Descargas».`);
  });
  const compartir = boton("Compartir el archivo", "boton", async () => {
    const { texto, nombre, cuantos } = await hacer();
    if (!cuantos) return decir("ojo", NADA);
    // Hay teléfonos que sólo dejan compartir archivos de texto; la oficina lo lee igual.
    const archivos = [`${nombre}.jornada`, `${nombre}.txt`].map((como) => [new File([texto], como, { type: "text/plain" })]);
    const files = archivos.find((uno) => navigator.canShare?.({ files: uno }));
    if (!files) return decir("ojo", "Este teléfono no deja compartir archivos. Guárdelo y mándelo desde «Descargas».");
    return navigator.share({ files }).catch(() => {}); // se arrepintió: no pasa nada
  });
  const texto = `Incluir también los ${enviado.toLocaleString("es-MX")} ya enviados`;
  const tambien = enviado > 0 && h("label", { class: "junto" }, incluir, h("span", null, texto));
  return [
    h("p", null, "Para llevarlo a la oficina en una memoria o por mensaje. La titular lo sube en «Teléfonos», y también lo puede recibir otro teléfono."),
    ...(tambien ? [tambien] : []),
    n + apartado + enviado ? guardar : h("p", { class: "suave" }, "No hay nada que guardar."),
    ...("share" in navigator && n + apartado + enviado ? [compartir] : []),
  ];
}
