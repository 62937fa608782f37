// Lo que en la práctica hace el servidor de Enketo: del XForm al formulario HTML y su modelo.
import { transform } from "enketo-transformer/web";

window.transformar = async (xform) => {
  const { form, model } = await transform({ xform, markdown: false });
  return [form, model];
};
