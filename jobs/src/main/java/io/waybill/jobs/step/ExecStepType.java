package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
import io.waybill.jobs.ValueKind;
import io.waybill.jobs.ValueType;
import io.waybill.jobs.ValueType.Scalar;
import io.waybill.jobs.exec.Program;
import io.waybill.jobs.exec.ProgramEnvironment;
import io.waybill.jobs.exec.ProgramFile;
import io.waybill.jobs.exec.ProgramInput;
import io.waybill.jobs.json.JsonPointer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code exec}: a program, without a shell, in an environment that the file describes. */
public final class ExecStepType implements StepType<ExecStep> {
  private static final List<String> INPUTS = List.of("stdin", "stdin-file", "stdin-secret");
  private static final long MOST_OUTPUT = 16 << 20;

  @Override
  public String name() {
    return "exec";
  }

  @Override
  public String doc() {
    return "Runs a program without a shell; what it has started ends with it.";
  }

  @Override
  public List<Key> keys() {
    return List.of(
        Key.required(
                "command",
                new ValueType.ListOf(Scalar.TEXT),
                "The program and its arguments, one each: no shell reads them. Without a `/` the program is looked for on the PATH, else seen from \"directory\".")
            .withExample("[/usr/bin/convert, a.svg, a.png]"),
        Key.optional(
            "directory", Scalar.FILE, ".", "Where it runs; relative to the job file's directory."),
        Key.optional(
                "env",
                new ValueType.MapOf(Scalar.TEXT),
                "Its variables by name, beside a usual PATH and LANG=C.UTF-8, which it can replace.")
            .withExample("{ LC_ALL: C }"),
        Key.secrets("secret-env", "Variables that hold secrets.")
            .withExample("{ API_KEY: \"${secrets.api-key}\" }"),
        Key.optional(
                "inherit",
                new ValueType.ListOf(Scalar.TEXT),
                "Names of variables that it gets as waybill itself has them; no others.")
            .withExample("[JAVA_HOME]"),
        Key.optional("stdin", Scalar.TEXT, "What it reads; nothing if no stdin is given.")
            .withExample("\"${steps.pull.files | count}\""),
        Key.optional("stdin-file", Scalar.FILE, "The file that it reads, instead."),
        Key.secret("stdin-secret", "The secret that it reads, instead."),
        Key.optional(
            "max-output",
            Scalar.SIZE,
            "64KiB",
            "How much of stdout and of stderr is kept and logged; at most 16MiB. The rest is read and dropped."),
        Key.optional(
            "success-codes", new ValueType.ListOf(Scalar.INTEGER), "0", "Exit codes of success."),
        Key.optional(
                "retry-codes",
                new ValueType.ListOf(Scalar.INTEGER),
                "Exit codes of a transient failure, which is tried again; all others are permanent.")
            .withExample("[75]"),
        Key.optional(
            "grace",
            Scalar.DURATION,
            "5s",
            "How long it may take to end when it is cancelled or has run out of time; then it is killed."),
        Key.optional(
            "extract",
            new ValueType.MapOf(
                new ValueType.Group(
                    List.of(
                        Key.required(
                                "json-pointer",
                                Scalar.TEXT,
                                "Where the value is in its stdout, which is JSON: /orders/0/number.")
                            .withExample("/orders/0/number")))),
            "Outputs by name, read from its stdout."));
  }

  @Override
  public Map<String, String> outputs() {
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put("exit-code", "what it ended with");
    outputs.put(
        "stdout", "what it has printed, without line ends at the end, as far as it is kept");
    outputs.put("stderr", "what it has said on standard error, likewise");
    outputs.put("duration", "how long it took, in milliseconds");
    return outputs;
  }

  @Override
  public Map<String, ValueKind> outputKinds() {
    return Map.of(
        "exit-code",
        ValueKind.NUMBER,
        "stdout",
        ValueKind.TEXT,
        "stderr",
        ValueKind.TEXT,
        "duration",
        ValueKind.NUMBER);
  }

  @Override
  public Map<String, String> outputs(Map<String, Object> arguments) {
    return Extracted.outputs(outputs(), arguments);
  }

  @Override
  public Map<String, String> contradictions(Set<String> given) {
    List<String> inputs = INPUTS.stream().filter(given::contains).toList();
    return inputs.size() < 2
        ? Map.of()
        : Map.of(
            inputs.get(1),
            "\"%s\" stands beside \"%s\", and a program reads one thing; leave one out"
                .formatted(inputs.get(1), inputs.get(0)));
  }

  @Override
  public ExecStep bind(Arguments arguments, Connections connections) {
    StepParts parts = new StepParts();
    Part<ProgramEnvironment> environment = ExecVariables.of(parts, arguments);
    Part<String> path = parts.part(() -> ExecVariables.path(arguments));
    Part<List<String>> command = parts.part("command", () -> command(arguments, path));
    Part<ExecStep.Codes> codes = parts.part(() -> codes(arguments));
    Part<Long> mostOutput = parts.part("max-output", () -> mostOutput(arguments));
    Part<Map<String, JsonPointer>> extract =
        parts.each("extract", () -> arguments.map("extract"), this::pointer);
    return parts.together(
        () ->
            new ExecStep(
                new Program(
                    command.get(), directory(arguments), environment.get(), input(arguments)),
                codes.get(),
                mostOutput.get(),
                arguments.duration("grace"),
                extract.get()));
  }

  private static Path directory(Arguments arguments) {
    return Path.of(arguments.text("directory")).normalize();
  }

  private static long mostOutput(Arguments arguments) {
    long mostOutput = arguments.integer("max-output");
    if (mostOutput > MOST_OUTPUT) {
      throw new JobException.Configuration(
          "\"max-output\" is more than 16MiB, and outputs are kept with each run; let the program write a file");
    }
    return mostOutput;
  }

  private static List<String> command(Arguments arguments, Part<String> path) {
    List<String> command = arguments.texts("command");
    Path directory = directory(arguments);
    if (command.isEmpty() || command.get(0).isBlank()) {
      throw new JobException.Configuration(
          "\"command\" names no program; write [/usr/bin/program, argument]");
    }
    String program = command.get(0);
    if (command.size() == 1 && isLine(program, directory)) {
      throw new JobException.Configuration(
          "\"command\" is one text, which no shell takes apart; write the program and its arguments as a list: [%s]"
              .formatted(String.join(", ", program.strip().split("\\s+"))));
    }
    StepParts parts = new StepParts();
    parts.check("0", () -> ProgramFile.find(program, directory, path.get()));
    return parts.together(() -> command);
  }

  private static boolean isLine(String program, Path directory) {
    return program.strip().matches("(?s).*\\s.*")
        && (program.indexOf('/') < 0 || !directory.resolve(program).toFile().exists());
  }

  private static ProgramInput input(Arguments arguments) {
    if (arguments.has("stdin-file")) {
      return new ProgramInput.FromFile(Path.of(arguments.text("stdin-file")));
    }
    Optional<Secret> secret = arguments.secret("stdin-secret");
    return secret.isPresent()
        ? new ProgramInput.Secretly(secret.get())
        : arguments
            .optionalText("stdin")
            .<ProgramInput>map(ProgramInput.Text::new)
            .orElseGet(ProgramInput.Nothing::new);
  }

  private static ExecStep.Codes codes(Arguments arguments) {
    StepParts parts = new StepParts();
    Part<List<Integer>> success = codes(parts, arguments, "success-codes");
    Part<List<Integer>> retry = codes(parts, arguments, "retry-codes");
    parts.check("retry-codes", () -> requireApart(success.get(), retry.get()));
    return parts.together(
        () -> new ExecStep.Codes(new HashSet<>(success.get()), new HashSet<>(retry.get())));
  }

  private static void requireApart(List<Integer> success, List<Integer> retry) {
    List<Integer> both = success.stream().filter(retry::contains).distinct().sorted().toList();
    if (!both.isEmpty()) {
      throw new JobException.Configuration(
          "exit codes %s are in \"success-codes\" and in \"retry-codes\"; leave them in one"
              .formatted(both));
    }
  }

  private static Part<List<Integer>> codes(StepParts parts, Arguments arguments, String key) {
    return parts.each(key, () -> arguments.integers(key), code -> code(key, code));
  }

  private static int code(String key, long code) {
    if (code < 0 || code > 255) {
      throw new JobException.Configuration(
          "\"%s\" has %s, and exit codes are from 0 to 255".formatted(key, code));
    }
    return (int) code;
  }

  private JsonPointer pointer(String name, Object group) {
    Extracted.requireFree(name, outputs());
    StepParts parts = new StepParts();
    Part<JsonPointer> pointer =
        parts.part(
            "json-pointer", () -> JsonPointer.parse(((Arguments) group).text("json-pointer")));
    return parts.together(pointer::get);
  }

  @Override
  public StepHandler<ExecStep> handler(StepServices services) {
    return new ExecHandler();
  }
}
