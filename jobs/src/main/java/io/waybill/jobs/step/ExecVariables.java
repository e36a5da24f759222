package io.waybill.jobs.step;

import io.waybill.jobs.Arguments;
import io.waybill.jobs.Secret;
import io.waybill.jobs.StepParts;
import io.waybill.jobs.StepParts.Part;
import io.waybill.jobs.exec.ProgramEnvironment;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The keys of {@code exec} that say which variables the program has. */
final class ExecVariables {
  private static final String ENV = "env";
  private static final String SECRETS = "secret-env";
  private static final String INHERIT = "inherit";
  private static final String PATH = "PATH";

  private ExecVariables() {}

  /** Reads them, each name by itself. */
  static Part<ProgramEnvironment> of(StepParts parts, Arguments arguments) {
    Part<List<String>> inherited =
        parts.each(
            INHERIT,
            () -> arguments.texts(INHERIT),
            name -> {
              ProgramEnvironment.requireInheritable(name);
              return name;
            });
    Consumer<String> plainName =
        name -> {
          ProgramEnvironment.requireVariable(ENV, name);
          ProgramEnvironment.requireOnce(name, arguments.texts(INHERIT));
        };
    Part<Map<String, String>> plain =
        parts.each(
            ENV,
            () -> arguments.map(ENV),
            (name, value) -> {
              plainName.accept(name);
              return (String) value;
            },
            plainName);
    Part<Map<String, Secret>> secret =
        parts.each(
            SECRETS,
            () -> arguments.map(SECRETS),
            (name, value) -> {
              ProgramEnvironment.requireVariable(SECRETS, name);
              ProgramEnvironment.requireOnce(name, arguments.map(ENV).keySet());
              ProgramEnvironment.requireOnce(name, arguments.texts(INHERIT));
              return (Secret) value;
            });
    return parts.part(() -> new ProgramEnvironment(inherited.get(), plain.get(), secret.get()));
  }

  /** Returns where programs are looked for, for which other variables make no difference. */
  static String path(Arguments arguments) {
    Map<String, Object> env = arguments.map(ENV);
    return new ProgramEnvironment(
            arguments.texts(INHERIT).contains(PATH) ? List.of(PATH) : List.of(),
            env.containsKey(PATH) ? Map.of(PATH, (String) env.get(PATH)) : Map.of(),
            Map.of())
        .path(System.getenv());
  }
}
