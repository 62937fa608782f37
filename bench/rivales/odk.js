// ODK Web Forms como lo pide su README: el complemento de Vue y el componente con el XForm.
import { OdkWebForm, webFormsPlugin } from "@getodk/web-forms";
import { createApp, h } from "vue";

const formXml = document.getElementById("modelo").textContent;
createApp({
  render: () =>
    h(OdkWebForm, {
      formXml,
      fetchFormAttachment: () => Promise.reject(new Error("no hay adjuntos")),
      async onSubmit(envio) {
        const { data } = envio;
        const enviado = await fetch("/enviar", { method: "POST", body: data[0].get("xml_submission_file") });
        document.querySelector("main").innerHTML = await enviado.text();
      },
    }),
})
  .use(webFormsPlugin)
  .mount("#forma");
