// enketo-core como lo pide su README: el formulario ya transformado viene en la página; sólo sus piezas para opciones.
import { Form } from "enketo-core";

const modelo = document.getElementById("modelo").textContent;
const forma = new Form(document.querySelector("form.or"), { modelStr: modelo, external: [] }, {});
const fallas = forma.init();
if (fallas.length) throw new Error(fallas.join("; "));
document.documentElement.dataset.lista = "1";
document.getElementById("mandar").addEventListener("click", async () => {
  if (!(await forma.validate())) throw new Error("no valida");
  const enviado = await fetch("/enviar", { method: "POST", body: forma.getDataStr() });
  document.querySelector("main").innerHTML = await enviado.text();
});
