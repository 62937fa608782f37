import { escribir, leer } from "../almacen.js";
import { decir, decirFalla, deshacerYDecir } from "../barra.js";
import { registrarAsistencia } from "../captura.js";
import { yaPaso } from "../cola.js";
import { analizar, cifrar, crearFiltro, huellaDePaso, normalizarFolio, verificador, verificar } from "../credencial.js";
import { boton, h, prepararSonido, sonar } from "../dom.js";
import { crearEscaner } from "../escaner.js";
import { preguntar } from "../preguntas.js";
import { nuevoId } from "../registro.js";

/** La credencial de papel, con la cámara, una foto o su folio.
 * @param {import("../telefono.js").Telefono} telefono @param {EventoDelPaquete} evento */
export function pantallaEscanear(telefono, evento) {
  const { aviso, catalogos, credenciales } = telefono.paquete();
  const video = h("video", { class: "camara", playsinline: true, muted: true, "aria-label": "Lo que ve la cámara" });
  video.muted = true;
  const visor = h("div", { class: "visor" }, video);
  const resultado = h("div", { class: "resultado", role: "status" }, h("p", null, "Acerque la credencial a la cámara."));
  const zona = h("div", null);
  const filtro = crearFiltro();
  let ocupado = false;

  /** @param {string} texto */
  function visto(texto) {
    if (ocupado) return; // antes del filtro: la que llega mientras se guarda otra no debe quedar callada
    const codigo = filtro(texto, Date.now());
    if (codigo) void atender(codigo);
  }

  const escaner = crearEscaner(video, visto, sinCamara, {
    memoria: {
      leer: () => leer(telefono.bd, "ajustes", "lente"),
      guardar: (lente) => escribir(telefono.bd, "ajustes", "lente", lente),
    },
    alAbrir: (puede) => ofrecer(puede),
  });

  /** Color, palabra e icono; y lo que se oye y se siente.
   * @param {import("../dom.js").Tono} tono @param {string} palabra @param {string} [detalle] @param {...Node} mas */
  function mostrar(tono, palabra, detalle = "", ...mas) {
    sonar(tono);
    const icono = { bien: "✓", ojo: "!", calma: "=" }[tono];
    resultado.className = `resultado resultado-${tono}`;
    resultado.replaceChildren(
      h("p", { class: "resultado-palabra" }, h("span", { class: "icono", "aria-hidden": "true" }, icono), palabra),
      ...(detalle ? [h("p", null, detalle)] : []),
      ...mas,
    );
    resultado.scrollIntoView({ block: "nearest" }); // quien busca un folio está más abajo
  }

  /** Lo que ya se dijo (y su «Deshacer») no se encima: la falla puede llegar después. @param {string} motivo */
  function sinCamara(motivo) {
    visor.hidden = true;
    ofrecer({ luz: false, acercar: false, lente: "", lentes: [] });
    const otraVez = boton("Reintentar", "boton", () => ((visor.hidden = false), esperar(), escaner.iniciar()));
    if (resultado.className === "resultado") return mostrar("ojo", "Sin cámara", motivo, otraVez);
    return resultado.append(h("p", null, `Sin cámara. ${motivo}`), otraVez);
  }

  /** @param {import("../credencial.js").Codigo} codigo */
  async function atender(codigo) {
    if (codigo.tipo === "ajeno") return mostrar("ojo", "No es una credencial", "Ese código es de otra cosa. No se guardó nada de él.");
    if (codigo.tipo === "ficha") return mostrar("ojo", "Es una ficha de encuesta", "Se usa en «Encuesta», no para registrar la llegada.");
    ocupado = true;
    try {
      await conCredencial(codigo.token);
    } catch (error) {
      decirFalla(error);
    } finally {
      ocupado = false;
    }
    return undefined;
  }

  /** @param {string} token */
  async function conCredencial(token) {
    const paso = await huellaDePaso(token, evento.id);
    if (await yaPaso(telefono.bd, evento.id, paso)) {
      return mostrar("calma", "Ya registrada", "Esta credencial ya pasó en este evento. No se cuenta otra vez.");
    }
    const { situacion, datos } = await verificar(token, credenciales);
    if (situacion === "revocada") return deBaja();
    if (datos) return registrar(nuevoId(), { ...datos, nombre: "", telefono: "" }, token, paso);
    const detalle =
      situacion === "conocida"
        ? "Es la primera vez que se usa: faltan tres datos."
        : "No está en la lista de este teléfono. Se acepta: faltan tres datos.";
    mostrar("ojo", situacion === "conocida" ? "Credencial nueva" : "No la conocemos", detalle);
    return preguntarDatos(token, paso);
  }

  function deBaja() {
    const registrar = h("a", { class: "boton", href: `#/evento/${evento.id}/registrar` }, "Registrar sin credencial");
    mostrar("ojo", "Credencial dada de baja", "La persona sí puede pasar: regístrela sin credencial.", registrar);
  }

  /** @param {string} credencial token o folio @param {string} paso */
  function preguntarDatos(credencial, paso) {
    const id = nuevoId();
    escaner.detener();
    visor.hidden = true;
    herramientas.hidden = true;
    const { caja } = preguntar({
      catalogos,
      pide: { nombre: false, telefono: false, procedencia: true },
      alTerminar: async (datos) => {
        try {
          await registrar(id, datos, credencial, paso);
          if (credencial.startsWith("J1")) await recordar(credencial, datos).catch(() => {}); // ya quedó registrada
          seguir();
        } catch (error) {
          decirFalla(error);
        }
      },
    });
    zona.replaceChildren(caja, boton("No registrar", "boton-texto", () => (seguir(), esperar())));
    return caja.querySelector("h1")?.focus();
  }

  /** En el siguiente evento del día ya no se pregunta: los datos quedan cifrados con la propia tarjeta.
   * @param {string} token @param {Demograficos} datos */
  async function recordar(token, { sexo, edad, procedencia }) {
    const huella = await verificador(token, credenciales.sal);
    await telefono.recordarCredencial(huella, await cifrar(token, credenciales.sal, { sexo, edad, procedencia }));
  }

  function seguir() {
    zona.replaceChildren();
    visor.hidden = false;
    herramientas.hidden = false;
    scrollTo(0, 0);
    void escaner.iniciar();
  }

  function esperar() {
    resultado.className = "resultado";
    resultado.replaceChildren(h("p", null, "Acerque la credencial a la cámara."));
  }

  /** @param {string} id @param {Demograficos & {nombre: string, telefono: string}} datos @param {string} credencial @param {string} paso */
  async function registrar(id, datos, credencial, paso) {
    const hecho = await registrarAsistencia(
      telefono,
      evento.id,
      id,
      { ...datos, modo: "credencial", aviso: aviso.version, credencial },
      paso,
    );
    const quitar = boton("Deshacer", "boton-chico", () => deshacerYDecir(telefono, hecho, esperar));
    mostrar("bien", "Guardado en este teléfono", "Puede pasar la siguiente.", quitar);
  }

  const folio = h("input", { id: "folio", inputmode: "numeric", autocomplete: "off", maxlength: "11" });
  async function conFolio() {
    const cifras = normalizarFolio(folio.value);
    const entrada = credenciales.lista.find(([, , , numero]) => numero !== undefined && numero === cifras);
    if (!cifras || !entrada) {
      const detalle = cifras
        ? "Ese folio no está en la lista de este teléfono. Revíselo, o registre a la persona sin credencial."
        : "El folio tiene 8 números; están debajo del código de la credencial.";
      return mostrar("ojo", "No encontramos el folio", detalle);
    }
    const paso = await huellaDePaso(cifras, evento.id);
    if (await yaPaso(telefono.bd, evento.id, paso)) return mostrar("calma", "Ya registrada", "Ese folio ya pasó en este evento.");
    if (entrada[2]) return deBaja();
    folio.value = "";
    mostrar("calma", "Folio encontrado", "Sin leer el código faltan tres datos.");
    return preguntarDatos(cifras, paso);
  }

  const foto = h("input", { id: "foto", type: "file", accept: "image/*", capture: "environment", class: "solo-lector" });
  foto.addEventListener("change", async () => {
    const archivo = foto.files?.[0];
    foto.value = "";
    if (!archivo) return;
    const texto = await escaner.leerFoto(archivo).catch(() => null);
    if (texto) return atender(analizar(texto));
    return mostrar("ojo", "No se leyó la foto", "Tome otra más de cerca y con luz, o escriba el folio.");
  });

  const luz = alternador("Luz", () => escaner.luz());
  const acercar = alternador("Acercar 2×", () => escaner.acercar());
  const lente = h("select", { id: "lente" });
  lente.addEventListener("change", () => void escaner.elegirLente(lente.value).catch(decirFalla));
  const conLente = h("div", { class: "campo folio", hidden: true }, h("label", { for: "lente" }, "Cámara"), lente);

  /** Sólo los botones que esta cámara obedece. @param {import("../escaner.js").Puede} puede */
  function ofrecer(puede) {
    luz.hidden = !puede.luz;
    acercar.hidden = !puede.acercar;
    conLente.hidden = puede.lentes.length < 2;
    lente.replaceChildren(...puede.lentes.map(({ id, nombre }) => h("option", { value: id }, nombre)));
    lente.value = puede.lente;
  }

  const herramientas = h(
    "div",
    { class: "herramientas" },
    luz,
    acercar,
    foto,
    h("label", { class: "boton", for: "foto" }, "Subir foto"),
    h(
      "form",
      { class: "campo folio", onsubmit: (/** @type {Event} */ e) => (e.preventDefault(), void conFolio().catch(decirFalla)) },
      h("label", { for: "folio" }, "Folio de la credencial"),
      folio,
      h("button", { type: "submit", class: "boton" }, "Buscar folio"),
    ),
    conLente,
  );

  prepararSonido();
  void escaner.iniciar();
  return {
    titulo: evento.titulo,
    atras: `#/evento/${evento.id}`,
    evento: evento.id,
    nodos: [h("h1", null, "Escanear"), visor, resultado, zona, herramientas],
    alSalir: () => escaner.detener(),
  };
}

/** Un botón que se queda prendido. @param {string} texto @param {() => Promise<boolean | null>} alternar */
function alternador(texto, alternar) {
  const nodo = boton(texto, "boton", async () => {
    const quedo = await alternar();
    if (quedo === null) return decir("ojo", "La cámara no obedeció. Siga así, o toque otra vez.");
    return nodo.setAttribute("aria-pressed", String(quedo));
  });
  nodo.hidden = true;
  nodo.setAttribute("aria-pressed", "false");
  return nodo;
}
