package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Key;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepHandler;
import io.waybill.jobs.StepServices;
import io.waybill.jobs.StepType;
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
import java.util.stream.Collectors;

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
    Path directory = Path.of(arguments.text("directory")).normalize();
    ProgramEnvironment environment =
        new ProgramEnvironment(
            arguments.texts("inherit"),
            values(arguments.map("env"), String.class),
            values(arguments.map("secret-env"), Secret.class));
    Program program =
        new Program(
            command(arguments.texts("command"), directory, environment),
            directory,
            environment,
            input(arguments));
    long mostOutput = arguments.integer("max-output");
    if (mostOutput > MOST_OUTPUT) {
      throw new JobException.Configuration(
          "\"max-output\" is more than 16MiB, and outputs are kept with each run; let the program write a file");
    }
    return new ExecStep(
        program,
        codes(arguments),
        mostOutput,
        arguments.duration("grace"),
        pointers(arguments.map("extract")));
  }

  private static List<String> command(
      List<String> command, Path directory, ProgramEnvironment environment) {
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
    ProgramFile.find(program, directory, environment.path(System.getenv()));
    return command;
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
    Set<Integer> success = codes(arguments, "success-codes");
    Set<Integer> retry = codes(arguments, "retry-codes");
    Set<Integer> both = new HashSet<>(success);
    both.retainAll(retry);
    if (!both.isEmpty()) {
      throw new JobException.Configuration(
          "exit codes %s are in \"success-codes\" and in \"retry-codes\"; leave them in one"
              .formatted(both.stream().sorted().toList()));
    }
    return new ExecStep.Codes(success, retry);
  }

  private static Set<Integer> codes(Arguments arguments, String key) {
    List<?> codes = (List<?>) arguments.asMap().getOrDefault(key, List.of());
    for (Object code : codes) {
      if ((Long) code < 0 || (Long) code > 255) {
        throw new JobException.Configuration(
            "\"%s\" has %s, and exit codes are from 0 to 255".formatted(key, code));
      }
    }
    return codes.stream().map(code -> ((Long) code).intValue()).collect(Collectors.toSet());
  }

  private Map<String, JsonPointer> pointers(Map<String, Object> extract) {
    Map<String, JsonPointer> pointers = new LinkedHashMap<>();
    extract.forEach(
        (name, group) -> {
          Extracted.requireFree(name, outputs());
          pointers.put(name, JsonPointer.parse(((Arguments) group).text("json-pointer")));
        });
    return pointers;
  }

  private static <T> Map<String, T> values(Map<String, Object> map, Class<T> type) {
    Map<String, T> values = new LinkedHashMap<>();
    map.forEach((name, value) -> values.put(name, type.cast(value)));
    return values;
  }

  @Override
  public StepHandler<ExecStep> handler(StepServices services) {
    return new ExecHandler();
  }
}
