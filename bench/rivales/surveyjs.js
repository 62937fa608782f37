// SurveyJS como en «Get Started» de survey-js-ui: el modelo del JSON, y se manda al completar.
import { Model } from "survey-core";
import { renderSurvey } from "survey-js-ui";

const encuesta = new Model(JSON.parse(document.getElementById("modelo").textContent));
encuesta.onComplete.add(async (hecha) => {
  const enviado = await fetch("/enviar", { method: "POST", body: JSON.stringify(hecha.data) });
  document.querySelector("main").innerHTML = await enviado.text();
});
renderSurvey(encuesta, document.getElementById("forma"));
