import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.RangeQuestion;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.*;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;
import org.opendatakit.validate.StubPropertyManager;

/**
 * Contesta XForms al azar con JavaRosa, el motor de ODK Collect y de KoboCollect, como lo haría una persona: pregunta
 * por pregunta, sólo lo que viene al caso y sólo lo que las restricciones admiten.
 *
 * <p>Por cada renglón de la entrada (archivo, tabulador, semilla) escribe uno: «=» y la instancia en base 64; «?» si no
 * halló qué contestar a algo obligatorio; «!» y el motivo si JavaRosa no pudo con el formulario.
 */
public class Contestar {
    static final String[] TEXTOS = {"a", "b", "María", "5512345678", "luna 37", "SOL-12", "x".repeat(150), "zzz"};
    static final double[] NUMEROS = {0, 1, 2, 3, 7, 18, 50, 99, 120, -1, 2000, 12345678, 1.5, 0.0004, 2.123456, 0.1234567};

    public static void main(String[] args) throws Exception {
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
        new XFormsModule().registerModule();
        PropertyManager.setPropertyManager(new StubPropertyManager());
        BufferedReader entrada = new BufferedReader(new InputStreamReader(System.in));
        for (String renglon; (renglon = entrada.readLine()) != null; ) {
            String[] partes = renglon.split("\t");
            String dicho;
            try {
                dicho = contestar(Files.readAllBytes(Path.of(partes[0])), new Random(Long.parseLong(partes[1])));
            } catch (Exception | StackOverflowError error) {
                dicho = "!" + String.valueOf(error).replaceAll("\\s+", " ");
            }
            System.out.println("\u0002" + dicho);
        }
    }

    static String contestar(byte[] xform, Random azar) throws Exception {
        FormDef forma = XFormUtils.getFormFromInputStream(new ByteArrayInputStream(xform));
        forma.initialize(true, new InstanceInitializationFactory());
        FormEntryController control = new FormEntryController(new FormEntryModel(forma));
        FormEntryModel modelo = control.getModel();
        for (int paso = 0; paso < 3000; paso++) {
            int suceso = control.stepToNextEvent();
            if (suceso == FormEntryController.EVENT_END_OF_FORM) {
                forma.postProcessInstance();
                byte[] instancia = new XFormSerializingVisitor().serializeInstance(forma.getInstance());
                return "=" + Base64.getEncoder().encodeToString(instancia);
            }
            if (suceso == FormEntryController.EVENT_PROMPT_NEW_REPEAT && azar.nextInt(10) < 4) {
                control.newRepeat();
            }
            if (suceso == FormEntryController.EVENT_QUESTION && !responder(control, modelo.getQuestionPrompt(), azar)) {
                return "?";
            }
        }
        return "?";
    }

    static boolean responder(FormEntryController control, FormEntryPrompt pregunta, Random azar) {
        if (pregunta.isReadOnly()) {
            return true;
        }
        for (int intento = azar.nextInt(5); intento < 25; intento++) {
            IAnswerData respuesta = intento == 4 ? null : alguna(pregunta, azar);
            if (control.answerQuestion(respuesta, true) == FormEntryController.ANSWER_OK) {
                return true;
            }
        }
        return control.answerQuestion(null, true) == FormEntryController.ANSWER_OK;
    }

    static IAnswerData alguna(FormEntryPrompt pregunta, Random azar) {
        double numero = NUMEROS[azar.nextInt(NUMEROS.length)];
        switch (pregunta.getControlType()) {
            case Constants.CONTROL_SELECT_ONE: {
                List<SelectChoice> opciones = pregunta.getSelectChoices();
                return opciones.isEmpty() ? null : new SelectOneData(new Selection(opciones.get(azar.nextInt(opciones.size()))));
            }
            case Constants.CONTROL_SELECT_MULTI:
            case Constants.CONTROL_RANK: {
                List<Selection> todas = new ArrayList<>();
                pregunta.getSelectChoices().forEach(opcion -> todas.add(new Selection(opcion)));
                Collections.shuffle(todas, azar);
                boolean orden = pregunta.getControlType() == Constants.CONTROL_RANK;
                int cuantas = orden || todas.isEmpty() ? todas.size() : 1 + azar.nextInt(todas.size());
                return cuantas == 0 ? null : new MultipleItemsData(todas.subList(0, cuantas));
            }
            case Constants.CONTROL_TRIGGER:
                return new StringData("OK");
            case Constants.CONTROL_RANGE: {
                RangeQuestion rango = (RangeQuestion) pregunta.getQuestion();
                double pasos = rango.getRangeEnd().subtract(rango.getRangeStart()).divide(rango.getRangeStep()).doubleValue();
                double valor = rango.getRangeStart().doubleValue() + azar.nextInt((int) pasos + 1) * rango.getRangeStep().doubleValue();
                return pregunta.getDataType() == Constants.DATATYPE_INTEGER ? new IntegerData((int) valor) : new DecimalData(valor);
            }
            default:
        }
        switch (pregunta.getDataType()) {
            case Constants.DATATYPE_INTEGER:
                return new IntegerData((int) numero);
            case Constants.DATATYPE_DECIMAL:
                return new DecimalData(numero);
            case Constants.DATATYPE_DATE:
                return new DateData(new Date(azar.nextInt(2_000_000) * 1_000_000L));
            case Constants.DATATYPE_TIME:
                return new TimeData(new Date(azar.nextInt(86_400) * 1000L));
            case Constants.DATATYPE_GEOPOINT:
                return new GeoPointData(new double[] {azar.nextDouble() * 180 - 90, azar.nextDouble() / 5000, 1500.25, 4.5});
            default:
                return new StringData(TEXTOS[azar.nextInt(TEXTOS.length)]);
        }
    }
}
